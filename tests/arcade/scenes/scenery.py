"""What scene tests share: a context in memory, and ways to press, wait and draw."""

from typing import Any

import pygame

from agents.storage.library import Library
from arcade.context import Context
from arcade.input.controls import Press, Release
from arcade.store.preferences import SettingsStore
from arcade.store.scores import ScoreStore
from arcade.ui.style import Theme

SIZES = ((1280, 680), (1920, 1020), (800, 560))


def make_context(folder: Any, size: tuple[int, int] = (1280, 720), text_scale: float = 1.0) -> Context:
    """A context whose library lies in `folder` and whose scores and settings lie in memory."""
    pygame.font.init()
    theme = Theme(text_scale)
    theme.resize(size)
    return Context(Library(folder), ScoreStore(None), SettingsStore(None), theme)


def press(scene: Any, *buttons: Any) -> Any:
    """Press and release buttons one after the other; returns the last change asked for."""
    change = None
    for button in buttons:
        change = scene.handle(Press(button)) or change
        scene.handle(Release(button))
    return change


def wait(scene: Any, seconds: float, step: float = 1 / 60) -> None:
    """Let time pass in frames."""
    for _ in range(round(seconds / step)):
        scene.update(step)


def picture(scene: Any, size: tuple[int, int] = SIZES[0]) -> bytes:
    """Draw the scene; returns its pixels."""
    surface = pygame.Surface(size)
    scene.draw(surface)
    return pygame.image.tobytes(surface, "RGB")


def check_widgets(scene: Any, size: tuple[int, int]) -> None:
    """Draw, then see that every widget lies on the screen and none overlaps another."""
    picture(scene, size)
    area = pygame.Rect((0, 0), size)
    rects = [widget.rect for widget in scene.focus.widgets]
    for index, rect in enumerate(rects):
        assert area.contains(rect), (rect, size)
        assert rect.width > 0 and rect.height > 0
        assert rect.collidelist(rects[:index]) < 0, (rect, rects[:index])


class FakeSession:
    """A session that publishes what a test says and notes what it is asked for."""

    def __init__(self, plan: Any, latest: Any) -> None:
        self.plan, self.latest = plan, latest
        self.sent: list[Any] = []

    def send(self, command: Any) -> None:
        self.sent.append(command)

    def close(self, timeout: float | None = None) -> bool:
        return True


def opened_by(scene: Any, *buttons: Any) -> Any:
    """Press buttons; returns the change that is asked for when what it needs has been read."""
    assert press(scene, *buttons) is None, "nothing is read on the window's thread"
    settle(scene.context)
    return scene.update(0.0)


def settle(context: Context) -> None:
    """Wait until all work in the background is done and handed out."""
    for worker in context.jobs._workers.values():
        worker.submit(int).result()
    context.collect()
