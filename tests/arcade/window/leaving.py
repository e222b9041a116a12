"""The arcade with a training that has begun, to be ended from outside; tells "learning" once it learns.

The environment variable `DQN_ARCADE_HOME` says where its files lie. An agent's name is the only word it takes.
"""

import sys
import threading
import time

from arcade.commands import cli
from arcade.context import Context
from arcade.scenes.places import Dashboard, HomePage
from arcade.system import signals
from arcade.ui.scene import Place
from arcade.window import opening
from tests.arcade.window.quitting import plan


def open_arcade(name: str) -> int:
    """Open the arcade as its command does, with an agent that is being trained; returns the exit status."""

    def first_places(context: Context, *_: str | None, **__: str | None) -> list[Place]:
        context.start_training(plan(name))
        threading.Thread(target=tell, args=[context], daemon=True).start()
        return [HomePage(), Dashboard()]

    opening._first_places = first_places
    return cli.main([])


def tell(context: Context) -> None:
    """Say so once the agent learns."""
    session = context.training
    while session and session.latest.status.running:
        if session.latest.progress and session.latest.progress.updates:
            print("learning", file=sys.stderr, flush=True)
            return
        time.sleep(0.01)


if __name__ == "__main__":
    signals.begin_program()
    status = open_arcade(sys.argv[1])
    signals.end_program()
    sys.exit(status)
