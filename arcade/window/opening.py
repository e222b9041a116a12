"""Opens the arcade: the display, the context, the first scenes, and the window that shows them."""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pygame

from agents.learning.devices import limit_threads
from agents.storage.library import open_library
from arcade.context import Context
from arcade.scenes.places import GamePage, HomePage, Play
from arcade.store import paths
from arcade.store.preferences import SettingsStore
from arcade.store.scores import ScoreStore
from arcade.system.displays import avoid_opengl, when_display_is_lost
from arcade.system.log import get_logger
from arcade.system.signals import FAILED, Stop, stopping
from arcade.system.streams import tell
from arcade.ui.scene import Place
from arcade.ui.style import Theme
from arcade.window import navigation
from arcade.window.app import App
from games.registry import broken_games, info_of, make

_SWITCH_SECONDS = 0.0005
"""Python's thread switch interval: the window waits this long for the training thread, several times per frame."""

_WINDOWLESS = ("offscreen", "dummy", "evdev")  # drivers that SDL falls back to without an error


def make_context() -> Context:
    """Makes the context for the user's data folder."""
    settings = SettingsStore(paths.settings_file())
    limit_threads(settings.value.threads)
    return Context(
        library=open_library(),
        scores=ScoreStore(paths.scores_file()),
        settings=settings,
        theme=Theme(settings.value.text_scale, settings.value.motion),
    )


def run(
    *,
    fullscreen: bool = False,
    game: str | None = None,
    play: str | None = None,
    watch: str | None = None,
    race: str | None = None,
) -> int:
    """Opens the arcade and runs it until it is closed.

    Args:
        fullscreen: Whether to fill the screen, whatever the settings say.
        game: Game whose page is opened.
        play: Game to play at once.
        watch: Agent to watch at once: its name, id or path.
        race: Agent to race against at once: its name, id or path.

    Returns:
        The exit status: 0, or 1 if there is no display.

    Raises:
        ValueError: There is no such game or agent.
    """
    problem = open_display()
    if problem:
        get_logger(__name__).error("No window can be opened: %s", problem)
        tell(f"No window can be opened: {problem}. Commands such as train and evaluate work without one.")
        return 1
    try:
        with stopping(_close_window) as stop:
            return _run_window(lambda context: _first_places(context, game, play, watch, race), fullscreen, stop)
    finally:
        pygame.quit()


def _close_window() -> None:
    """Closes the window like a click on its close button."""
    pygame.event.post(pygame.event.Event(pygame.QUIT))


def _run_window(places: Callable[[Context], list[Place]], fullscreen: bool, stop: Stop) -> int:
    context = make_context()
    try:
        settings = context.settings.value
        app = App(context, places(context), (settings.width, settings.height), fullscreen or settings.fullscreen)
    except (ValueError, pygame.error):
        context.close()
        raise
    for game_id, reason in broken_games().items():
        get_logger(__name__).warning("The game %s did not load: %s", game_id, reason)
        context.notice(f"The game {game_id} did not load: {reason}")
    when_display_is_lost(lambda: _end_without_display(context))
    try:
        with stop.working():
            app.frame()
            if "DQN_ARCADE_FIRST_FRAME" in os.environ:
                _report_first_frame(Path(os.environ["DQN_ARCADE_FIRST_FRAME"]))
                return 0
            get_logger(__name__).info("The window is open")
            app.open_devices()
            navigation.load_scenes()
            gc.freeze()  # loaded objects stay; scanning them again would only delay the window
            app.run()
        return 0
    except KeyboardInterrupt:  # the second interrupt: do not wait any longer
        return 0
    finally:
        app.close()


def _end_without_display(context: Context) -> None:
    """Saves the training and ends the process: the display's library would end it anyway."""
    session = context.training
    context.end_training(timeout=None)
    context.close()
    path = session.latest.saved if session else None
    where = f"; {session.plan.name} is saved as {path}" if session and path else ""
    get_logger(__name__).error("The display is gone%s", where)
    tell(f"dqn-arcade: the display is gone{where}")
    os._exit(FAILED)


def _first_places(
    context: Context, game: str | None, play: str | None, watch: str | None, race: str | None
) -> list[Place]:
    places: list[Place] = [HomePage()]
    if watch is not None or race is not None:
        profile = context.library.find(watch or race or "").profile
        if profile is not None:
            racing = race is not None
            agent, rival = (None, profile) if racing else (profile, None)
            places.append(Play(profile.game(), agent, rival))
    elif play is not None:
        info = info_of(play)
        places.append(Play(make(play, **info.levels[info.first_level])))
    elif game is not None:
        places.append(GamePage(game))
    return places


def open_display() -> str:
    """Opens display and fonts, but not sound; returns the problem, "" for none."""
    avoid_opengl()
    try:
        pygame.display.init()
        pygame.font.init()
    except pygame.error as error:
        return str(error)
    if pygame.display.get_driver() in _WINDOWLESS and not os.environ.get("SDL_VIDEODRIVER"):
        return "no display was found"
    pygame.display.set_caption("DQN Arcade")
    sys.setswitchinterval(_SWITCH_SECONDS)
    return ""


def _report_first_frame(path: Path) -> None:
    """Writes the time since the process started, and whether TensorFlow was loaded, for the start-up benchmark."""
    seconds = time.time() - float(os.environ.get("DQN_ARCADE_STARTED", "nan"))
    path.write_text(json.dumps({"seconds": seconds, "tensorflow": "tensorflow" in sys.modules}), "utf-8")
