"""A person at the keyboard of the real window: presses keys, looks at what is on screen, waits.

Run as `python tests/robot.py STORY` it plays one story to its end in the window of the display it is given, with the
data folder it is given, and prints one line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import pygame

from arcade.rounds.round import Phase
from arcade.scenes.agents.agents_scene import AgentsScene
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.play.play_scene import PlayScene
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.window.app import App
from arcade.window.opening import make_context, open_display

PATIENCE = 100.0
"""Seconds after which waiting for something is given up."""


class Robot:
    """Drives one window by its keys alone."""

    def __init__(self) -> None:
        problem = open_display()
        assert not problem, problem
        context = make_context()
        self.app = App(context, [HomeScene(context)], (1280, 720))
        self.frames(5)

    @property
    def scene(self) -> Any:
        """The scene on top."""
        return self.app.stack[-1]

    def frames(self, count: int) -> None:
        """Let some frames pass."""
        for _ in range(count):
            if self.app.stack:
                self.app.frame()

    def press(self, key: int, text: str = "") -> None:
        """Press a key and let it go."""
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            pygame.event.post(pygame.event.Event(kind, key=key, mod=0, unicode=text, scancode=0))
            self.frames(2)

    def until(self, holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Let frames pass until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
            self.frames(1)

    def choose(self, label: str) -> None:
        """Move the focus with Tab to what bears a label, and press Enter."""
        for _ in range(60):
            if label in focused_label(self.scene):
                self.press(pygame.K_RETURN)
                return
            self.press(pygame.K_TAB)
        raise AssertionError(f"{label} cannot be reached with Tab in {type(self.scene).__name__}")

    def expect(self, scene: type) -> None:
        """The scene on top must be of this kind."""
        assert isinstance(self.scene, scene), f"{type(self.scene).__name__} instead of {scene.__name__}"

    def quit(self) -> None:
        """Escape until the window is gone, as a person would."""
        for _ in range(40):
            if not self.app.stack:
                break
            self.press(pygame.K_ESCAPE)
        assert not self.app.stack, "Escape does not lead out"
        assert self.app.close()
        pygame.quit()


def focused_label(scene: Any) -> str:
    """What the focused control says."""
    control = scene.focus.current
    info = getattr(control, "info", None)
    return str(info.title if info else getattr(control, "label", getattr(control, "title", "")))


def train() -> dict[str, Any]:
    """Home → CartPole → train (quick) → solved → save → quit."""
    robot = Robot()
    robot.choose("CartPole")
    robot.expect(GamePageScene)
    robot.choose("Train")
    robot.expect(TrainSetupScene)
    robot.press(pygame.K_RETURN)
    if isinstance(robot.scene, TrainSetupScene):
        robot.press(pygame.K_RETURN)
    robot.expect(DashboardScene)
    session: Any = robot.app.context.training
    robot.until(lambda: session.latest.progress and session.latest.progress.solved, "CartPole to be solved")
    robot.press(pygame.K_s, "s")
    robot.until(lambda: session.latest.saved, "the agent to be saved")
    robot.until(lambda: not session.latest.status.running, "the end of the run")
    best = session.latest.progress.best
    robot.quit()
    return {"best": best.mean, "status": session.latest.status.value}


def watch() -> dict[str, Any]:
    """Start again → CartPole → watch: a whole game at sixteen times the pace."""
    robot = Robot()
    robot.choose("CartPole")
    robot.until(lambda: "Watch" in buttons(robot.scene), "an agent to watch")
    robot.choose("Watch")
    if isinstance(robot.scene, AgentsScene):
        robot.press(pygame.K_RETURN)
        robot.until(lambda: isinstance(robot.scene, PlayScene), "the agent to be read")
    robot.expect(PlayScene)
    for _ in range(4):
        robot.press(pygame.K_PLUS, "+")
    scores: list[int] = []

    def seen() -> bool:
        scores.append(robot.scene.match.round.score)
        return scores[-1] >= 500

    robot.until(seen, "500 steps")
    robot.quit()
    return {"score": max(scores)}


def dodge() -> dict[str, Any]:
    """Home → the card of a third-party game → play a round."""
    robot = Robot()
    robot.choose("Dodge")
    robot.choose("Play")
    robot.expect(PlayScene)
    robot.press(pygame.K_RIGHT)
    playing = robot.scene.match.round
    robot.until(lambda: playing.phase is Phase.OVER or playing.score >= 3, "some rocks")
    frames = int(playing.batch.steps[0])
    robot.app.close()
    return {"score": playing.score, "frames": frames}


def buttons(scene: Any) -> list[str]:
    """The labels of the buttons that can be chosen."""
    return [getattr(widget, "label", "") for widget in scene.focus.widgets if widget.enabled]


if __name__ == "__main__":
    print(json.dumps({"train": train, "watch": watch, "dodge": dodge}[sys.argv[1]]()))
