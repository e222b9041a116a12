"""Meets crafted agents in every way that the arcade has, and reports what it did that it must not do.

`python -m tests.arcade.crafted FOLDER COUNT SEED` makes them one after the other in the folder, gives each to the
library, the command line and the scenes of the window, and prints one line of JSON.
"""

import contextlib
import io
import json
import os
import resource
import shutil
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ |= {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
os.environ |= {"OPENBLAS_NUM_THREADS": "1"}

import numpy as np
import pygame

from agents.acting.evaluation import evaluate
from agents.acting.policy import Policy
from agents.acting.saliency import input_gradient
from agents.errors import StorageError
from agents.storage import folders
from agents.storage.history import History, Snapshot, earlier_selves, path_of
from agents.storage.history import write as write_history
from agents.storage.library import Library
from agents.storage.profile import Profile, from_bytes, read, read_header, to_bytes
from agents.training.curves import Curves
from agents.training.plan import Plan, Progress, further
from agents.training.session import SessionReport, Status
from arcade.commands import cli
from arcade.context import Context
from arcade.scenes.agents.agents_scene import AgentsScene
from arcade.scenes.agents.compare_scene import CompareScene
from arcade.scenes.agents.history_scene import HistoryScene
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.game.race_setup_scene import RaceSetupScene
from arcade.scenes.home.demo_scene import DemoScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.play.play_scene import PlayScene
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.ui.scene import Push
from games.batch import GameBatch
from games.registry import game_ids, make
from games.words import STEERING
from tests.agents.storage.corpus import FORBIDDEN as RUNNING
from tests.agents.storage.corpus import Guard
from tests.agents.storage.crafting import Crafter, problem_of
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context, settle

SIZE = (640, 360)
OURS = ("agents", "arcade", "games")
MEBIBYTES = 128.0  # that one agent may take beyond what was ever taken before
MANY = 10  # ways in which every accepted agent is met in a short run, chosen in turns


class Watch(Guard):
    """The guard of hostile files, which also sees modules that are loaded; pygame may open its font."""

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        if event == "import" and arguments[0] not in sys.modules and not str(arguments[0]).startswith(OURS):
            self.crimes.append(f"import {arguments[0]}")
        elif event.startswith(RUNNING) or event == "open":
            super().__call__(event, arguments)


class Meeting:
    """Meets crafted agents one after the other in a folder.

    Args:
        folder: For the library and what is exported.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.agents = folder, folder / "home" / "data" / "agents"
        self.given = folder / "given.agent"
        self.wrong: list[str] = []
        self.slowest = 0.0  # seconds of the processor that one use of one agent took
        self.met: Counter[str] = Counter()
        self.mine = to_bytes(make_profile("Mine", game_id="cartpole", id="a" * 32))
        os.environ[folders.HOME_VARIABLE] = str(folder / "home")
        folders.shipped_folder = lambda: folder / "shipped"
        warnings.simplefilter("error", RuntimeWarning)  # of numbers that are none
        self.context = make_context(self.agents, (SIZE[0], SIZE[1] + 40))
        self.surface = pygame.Surface(SIZE)

    def lay(self, data: bytes) -> None:
        """Put a file where it is found, and one true agent into an empty library."""
        shutil.rmtree(self.agents, ignore_errors=True)
        self.agents.mkdir(parents=True)
        (self.agents / "Mine.agent").write_bytes(self.mine)
        self.given.write_bytes(data)

    def meet(self, data: bytes, ways: slice) -> None:
        """Meet one agent: what concerns files always, of the rest the ways that are told."""
        self.context = Context(Library(self.agents), self.context.scores, self.context.settings, self.context.theme)
        try:
            self._files(data)
            profile = self._tried(lambda: read(self.given))
            if profile is not None:
                self.met["accepted"] += 1
                self._accepted(profile, ways)
        finally:
            self.context.close()

    def _tried(self, use: Callable[[], Any]) -> Any:
        """What a use gives, or None where it is refused in one clear line."""
        started = time.process_time()
        try:
            return use()
        except StorageError as error:
            if problem := problem_of(error):
                self.wrong.append(problem)
            return None
        finally:
            self.slowest = max(self.slowest, time.process_time() - started)

    def _files(self, data: bytes) -> None:
        self._tried(lambda: read_header(self.given))
        self._tried(lambda: self.context.library.import_file(self.given))
        (self.agents / "crafted.agent").write_bytes(data)
        entries = self.context.library.entries()
        if not any(entry.name == "Mine" for entry in entries):
            self.wrong.append("the other agents are gone from the list")
        for entry in entries:
            self._tried(lambda entry=entry: self.context.library.load(entry))  # type: ignore[misc]

    def _accepted(self, profile: Profile, ways: slice) -> None:
        self.found = next(entry for entry in self.context.library.entries() if entry.path.stem == "crafted")
        self.profile = profile
        uses = (*self._uses(), *self._commands(), *self._scenes())
        for name, use in uses[ways]:
            self.met[name] += 1
            self._tried(use)
        self._tried(self._play)

    # What the program does with an agent

    def _play(self) -> None:
        profile, game = self.profile, self.profile.game()
        self.met["has a game"] += 1
        batch = GameBatch(game, 1, 0, observation=profile.observation)
        values = profile.policy().q_values(batch.observe())
        if not np.isfinite(values).all():
            self.wrong.append("Q values that are not finite")
        self.met["decides"] += 1

    def _uses(self) -> list[tuple[str, Callable[[], object]]]:
        profile, library = self.profile, self.context.library
        return [
            ("write", lambda: from_bytes(to_bytes(profile))),
            ("further", lambda: further(profile)),
            ("find", lambda: library.find(profile.name)),
            ("best", lambda: [library.best(game_id) for game_id in game_ids()]),
            ("duplicate", lambda: library.duplicate(self.found)),
            (
                "evaluate",
                lambda: evaluate(profile.policy(), profile.game(), profile.observation, episodes=3, step_limit=3),
            ),
            ("saliency", self._look),
            ("plan", lambda: Plan(profile.game(), profile.observation, further(profile), start=profile)),
            ("earlier", self._earlier),
        ]

    def _look(self) -> None:
        profile = self.profile
        seen = GameBatch(profile.game(), 1, 0, observation=profile.observation).observe()[0]
        if not np.isfinite(input_gradient(profile.policy(), seen, 0)).all():
            self.wrong.append("a gradient that is not finite")

    def _earlier(self) -> None:
        profile = self.profile
        moments = Snapshot(0, None, profile.weights), Snapshot(profile.frames, 1.0, profile.weights)
        write_history(History(profile.id, profile.architecture, moments), path_of(self.found.path))
        for each in earlier_selves(profile, self.found.path):
            from_bytes(to_bytes(each))

    # The command line

    def _commands(self) -> list[tuple[str, Callable[[], object]]]:
        path = str(self.given)
        words = (
            ["agents", "list"], ["agents", "list", "--json"], ["agents", "show", path],
            ["agents", "show", path, "--json"], ["agents", "export", path, str(self.folder / "out.csv")],
            ["agents", "export", path, str(self.folder / "out.png")],
            ["evaluate", path, "--episodes", "1", "--json"], ["agents", "import", path, "--json"],
        )  # fmt: skip
        return [(" ".join(each[:2]), lambda each=each: self._command(each)) for each in words]  # type: ignore[misc]

    def _command(self, words: list[str]) -> None:
        out, told = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
            status = cli.main(words)
        for name in ("out.csv", "out.png"):
            (self.folder / name).unlink(missing_ok=True)
        said = out.getvalue() + told.getvalue()
        failures = sum(line.startswith("dqn-arcade: ") for line in told.getvalue().splitlines())
        if "for details)" in said or failures != (status != 0) or STEERING.search(said.replace("\n", "")):
            self.wrong.append(f"{' '.join(words[:2])}: status {status}, {said!r:.300}")
        if "--json" in words and status == 0:
            json.loads(out.getvalue())

    # The window

    def _scenes(self) -> list[tuple[str, Callable[[], object]]]:
        context, profile, entry = self.context, self.profile, self.found
        scenes: dict[str, Callable[[], Any]] = {
            "home": lambda: HomeScene(context),
            "agents": lambda: AgentsScene(context),
            "page": lambda: GamePageScene(context, _known(profile.game_id)),
            "compare": lambda: CompareScene(context, _known(profile.game_id), entry),
            "learning": lambda: HistoryScene(context, entry) if profile.game_id in game_ids() else None,
            "setup": lambda: TrainSetupScene(context, profile.game().info.id, profile),
            "watch": lambda: PlayScene(context, profile.game(), profile),
            "race": lambda: PlayScene(context, profile.game(), None, 0, profile),
            "race setup": lambda: RaceSetupScene(context, _known(profile.game_id)),
            "attract": lambda: DemoScene(context, [profile]),
            "dashboard": self._dashboard,
        }
        return [(name, lambda make=make: self._scene(make)) for name, make in scenes.items()]  # type: ignore[misc]

    def _dashboard(self) -> DashboardScene:
        """The training of this agent, as it is shown while it goes on."""
        profile, game = self.profile, self.profile.game()
        points = np.array(profile.curve, np.float64).reshape(-1, 2)
        progress = Progress(frames=profile.frames, updates=profile.updates, seconds=float(profile.seconds))
        plan = Plan(game, profile.observation, further(profile), seed=profile.seed, name=profile.name, start=profile)
        curves = Curves(points, np.c_[points, points[:, 1:], points[:, 1:]], points)
        self.context.training = FakeSession(plan, SessionReport(  # type: ignore[assignment]
            Status.TRAINING, profile.command, progress, curves,
            device=profile.device, policy=Policy(profile.architecture, profile.weights), version=1,
        ))  # fmt: skip
        return DashboardScene(self.context)

    def _scene(self, make: Callable[[], Any]) -> None:
        scene = make()
        if scene is None:
            return
        scene.enter()
        for number in range(4):
            settle(self.context)
            change = scene.update(0.1)
            if change is not None and not isinstance(change, Push):
                return  # the agent cannot play, and that is told
            if number in (0, 3):
                scene.draw(self.surface)
        while (told := self.context.take_notice()) is not None:
            if "\n" in told or "\x1b" in told:
                self.wrong.append(f"notice {told!r:.200}")
        scene.leave()


def _known(game_id: str) -> str:
    return game_id if game_id in game_ids() else "cartpole"


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def warm_up(meeting: Meeting, crafter: Crafter) -> None:
    """Load all that is needed for true agents."""
    for each in crafter.bases:
        meeting.lay(each)
        meeting.meet(each, slice(None))
    for game_id in ("gym:MountainCar-v0", "gym:NoSuch-v0", "gym:no/Such-v0"):  # Gymnasium's own modules are its own
        with contextlib.suppress(ValueError):
            make(game_id)
    assert not meeting.wrong, meeting.wrong
    meeting.met.clear()


def watched(guard: Watch, meeting: Meeting, data: bytes, ways: slice) -> list[str]:
    """Meet an agent; returns everything that was wrong."""
    meeting.lay(data)
    memory, guard.watching = _memory(), True
    try:
        meeting.meet(data, ways)
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        meeting.wrong.append(f"{type(error).__name__}: {error!s:.200} ({Path(place.filename).name}:{place.lineno})")
    finally:
        guard.watching = False
    if (more := _memory() - memory) > MEBIBYTES:
        meeting.wrong.append(f"{more:.0f} MiB more")
    wrong = [*meeting.wrong, *guard.crimes]
    meeting.wrong.clear()
    guard.crimes.clear()
    return wrong


def main(folder: Path, count: int, seed: int, all_ways: bool) -> dict[str, Any]:
    """Meet so many agents; returns the report."""
    crafter, meeting, guard = Crafter(seed), Meeting(folder), Watch(folder, Path(pygame.__file__).parent)
    warm_up(meeting, crafter)
    sys.addaudithook(guard)
    meeting.slowest, before, longest, wrong = 0.0, _memory(), "", list[str]()
    for number in range(count):
        told, data = crafter.make()
        slowest, ways = meeting.slowest, slice(None) if all_ways else slice(number % MANY, None, MANY)
        wrong += [f"{number}: {told}: {each}" for each in watched(guard, meeting, data, ways)]
        longest = f"{number}: {told}" if meeting.slowest > slowest else longest
    found = {"wrong": wrong, "slowest": meeting.slowest, "longest": longest, "mebibytes": _memory() - before}
    return found | {"met": meeting.met, "left": sorted(each.name for each in folder.iterdir())}


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    os.chdir(place)
    print(json.dumps(main(place, int(sys.argv[2]), int(sys.argv[3]), "all" in sys.argv)))
