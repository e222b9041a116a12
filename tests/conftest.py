"""Every test runs without a screen or a sound card unless it says otherwise."""

import os
import signal
from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

import pytest

from agents.learning.device_choice import Candidate

FIRST = (
    "test_end_to_end.py", "test_resume.py", "test_dqn.py", "test_agent.py", "test_trainer.py", "test_screens.py",
    "test_learner.py", "test_own_game.py", "test_snippets.py", "test_wandering.py", "test_quitting.py", "test_kills.py",
    "test_stopping.py",
)  # fmt: skip
"""Files that take long. They come first: where files are shared out, nobody is left with a long one in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the long files to the front, in their order."""
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(FIRST)))


@pytest.fixture
def graph_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No compile modes are compared, which takes longer than most trainings in tests."""
    monkeypatch.setattr(
        "agents.learning.dqn.candidates_for", lambda *_: ([Candidate("CPU", "graph")], "enough for a test")
    )


@pytest.fixture
def hangups_are_heard() -> Iterator[None]:
    """SIGHUP is not ignored, as it is where tests are run by `nohup`; so programs that tests start hear it, too."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)
