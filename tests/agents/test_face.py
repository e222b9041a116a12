"""The names for scripts: `agents.load`, `agents.evaluate`, `agents.Agent`, `games.make`, `games.game_ids`."""

import subprocess
import sys
from pathlib import Path

import pytest

import agents
import games
from agents.acting.evaluation import evaluate
from agents.agent import Agent
from agents.errors import StorageError
from agents.storage import folders
from agents.storage.entries import UnknownAgentError
from agents.storage.library import Library
from games.registry import game_ids, make
from tests.agents.storage.profiles import make_profile

ROOT = Path(__file__).parents[2]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The person's library, in an empty home."""
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path))
    return Library(folders.agents_folder())


def test_agents_are_loaded_by_name_id_and_path(library: Library, tmp_path: Path) -> None:
    profile = make_profile("Pat")
    path = library.save(profile)
    sent = library.export(library.find("Pat"), tmp_path / "sent.agent")
    for text in ("Pat", "pat", profile.id, str(path), path, sent):
        agent = agents.load(text)
        assert (agent.name, agent.id) == ("Pat", profile.id)
        assert agent.weights


def test_agents_that_came_with_the_arcade_are_loaded_unless_the_person_has_one_of_that_name(library: Library) -> None:
    shipped = agents.load("CartPole ace")
    assert shipped.game_id == "cartpole"
    library.save(make_profile("CartPole ace"))
    assert agents.load("CartPole ace").id != shipped.id
    assert agents.load(shipped.id).id == shipped.id


def test_asking_for_an_agent_creates_nothing(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnknownAgentError, match=r"agent = 'Nobody': no such agent, there is .*CartPole ace"):
        agents.load("Nobody")
    assert list(tmp_path.iterdir()) == []


def test_an_agent_that_cannot_be_used_says_why(library: Library, tmp_path: Path) -> None:
    (tmp_path / "broken.agent").write_bytes(b"no agent")
    with pytest.raises(StorageError, match="not a profile"):
        agents.load(tmp_path / "broken.agent")


def test_public_names_are_those_of_their_modules() -> None:
    assert agents.Agent is Agent and agents.evaluate is evaluate
    assert games.make is make and games.game_ids is game_ids
    for package in (agents, games):
        assert all(callable(getattr(package, name)) for name in package.__all__)
        with pytest.raises(AttributeError, match=rf"^module '{package.__name__}' has no attribute 'no_such_name'$"):
            package.no_such_name  # noqa: B018


def loaded_after(code: str) -> set[str]:
    """The packages that a fresh process has loaded after some code."""
    code = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_packages_loads_nothing_large() -> None:
    assert not loaded_after("import agents, games") & {"numpy", "appdirs", "tensorflow", "keras", "pygame", "rich"}


def test_an_agent_plays_without_tensorflow_and_pygame(library: Library) -> None:
    loaded = loaded_after(
        "import agents, games\n"
        "ace = agents.load('CartPole ace')\n"
        "assert ace.game_id in games.game_ids()\n"
        "assert agents.evaluate(ace.policy(), games.make('cartpole'), ace.observation, episodes=2).mean > 100\n"
        "agents.Agent"
    )
    assert "numpy" in loaded
    assert not loaded & {"tensorflow", "keras", "pygame", "skimage", "rich"}


def test_pages_send_nobody_into_the_command_line() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert [str(page) for page in pages if "from arcade" in page.read_text(encoding="utf-8")] == []
