"""An arcade that trains: it quits in the midst of it so many times, or goes on until it is killed.

Run with "quit" and a number, or with "stay" and the seconds between saves. The environment variable `DQN_ARCADE_HOME`
says where its files lie.
"""

import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame

from agents.presets import preset
from agents.training import saver
from agents.training.plan import Plan
from arcade.scenes.dialogs import ConfirmScene
from arcade.ui.scene import Pop
from arcade.window.app import App
from arcade.window.opening import make_context, open_display
from games.registry import make

_SETTINGS = {"hidden": (8,), "frames": 10_000_000, "learning_starts": 200, "evaluation_interval": 10_000_000}


def plan(name: str) -> Plan:
    """A run without end."""
    game = make("cartpole")
    config = preset(game, "features", "quick").replace(**_SETTINGS, compile_mode="graph")
    return Plan(game, "features", config, name=name)


def start(name: str) -> tuple[App, Any]:
    """A window, and an agent that is learning."""
    context = make_context()
    app = App(context, [ConfirmScene(context, "Learning", "", "Yes", Pop)], (640, 480))
    session = context.start_training(plan(name))
    while not (session.latest.progress and session.latest.progress.updates):
        assert session.latest.status.running, session.latest.error
        app.frame()
    return app, session


def quit_once(name: str) -> float:
    """Close the window in the midst of training; returns the seconds that it takes until all is over."""
    app, session = start(name)
    app.run_for(0.2)
    started = time.perf_counter()
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    app.run()
    app.close()
    session.close()
    return time.perf_counter() - started


def stay(seconds: float) -> None:
    """Train on, saving every so many seconds; tell in every frame how long it has been trained."""
    saver.SAVE_SECONDS = seconds
    app, session = start("Killed")
    while app.stack:
        app.frame()
        print(session.latest.progress.seconds, flush=True)


if __name__ == "__main__":
    open_display()
    if sys.argv[1] == "stay":
        stay(float(sys.argv[2]))
    else:
        print(json.dumps([quit_once(f"Agent {number}") for number in range(int(sys.argv[2]))]))
