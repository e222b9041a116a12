"""Runs commands in child processes and sends them signals at random instants; reports what was found after each.

Run with a folder, the number of trials, a seed and, where there is one, the display to open windows on. Children are
forked from this one process, which has loaded everything already, so that hundreds of trials take minutes.
"""

import json
import os
import random
import re
import shutil
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tensorflow  # noqa: F401  # loaded here, so that no child has to

from agents.errors import StorageError
from agents.storage.library import Library
from agents.storage.profile import Profile
from agents.training import saver
from arcade.commands import cli
from arcade.store import paths
from arcade.system import signals
from tests.arcade.window.leaving import open_arcade

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPED = f"dqn-arcade: {signals.STOPPED}"
_SMALL = {
    "compile_mode": "graph", "hidden": "16", "replay": "2000", "learning_starts": "200", "evaluation_interval": "500",
    "evaluation_episodes": "3", "scorecard_episodes": "3", "goal": "0",
}  # fmt: skip
_TRAIN = ["train", "cartpole", "--device", "cpu"]
_SETTINGS = [word for key, value in _SMALL.items() for word in ("--set", f"{key}={value}")]
KINDS = {
    "train": [*_TRAIN, "--name", "K", "--frames", "400000", *_SETTINGS],
    "finish": [*_TRAIN, "--name", "K", "--frames", "1500", *_SETTINGS],
    "resume": [*_TRAIN, "--resume", "K", "--frames", "400000"],
    "evaluate": ["evaluate", "K", "--episodes", "3000"],
    "window": [],
}
_MARKS = {"window": ("", "learning", "learning"), "evaluate": ("", "Playing", "Playing")}
_LIMIT = 60.0  # seconds within which every child ends


@dataclass
class Trial:
    """One child: what was done to it, and how it ended."""

    kind: str
    sent: list[str] = field(default_factory=list)
    status: int = -1
    told: str = ""
    problems: list[str] = field(default_factory=list)

    def check(self, right: bool, words: str) -> None:
        """Note what is wrong."""
        if not right:
            self.problems.append(words)


def child(kind: str, told: Path) -> None:
    """Be the program: never returns."""
    with told.open("w", buffering=1) as file:
        sys.stdout = sys.stderr = file
        signals.begin_program()
        status = open_arcade("W") if kind == "window" else cli.main(KINDS[kind])
        signals.end_program()
        file.flush()
    os._exit(status)


def run(kind: str, rng: random.Random, told: Path) -> Trial:
    """Start one child, send it one signal or two at a random instant, and wait for its end."""
    trial = Trial(kind)
    told.unlink(missing_ok=True)
    process = os.fork()
    if process == 0:
        child(kind, told)
    mark, started = rng.choice(_MARKS.get(kind, ("", "Training", "Evaluation"))), time.monotonic()
    while time.monotonic() - started < _LIMIT and (mark not in _read(told) or not _handles(process)):
        if os.waitpid(process, os.WNOHANG)[0]:
            trial.problems.append("it ended by itself")
            return trial
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 1.5))
    for _ in range(rng.choice((1, 1, 2, 3))):
        number = rng.choice(SIGNALS)
        trial.sent.append(f"{number.name} after {mark or 'start'}")
        os.kill(process, number)
        time.sleep(rng.choice((0.0, rng.uniform(0, 0.2), rng.uniform(1, 1.5))))
    trial.status = _wait(process)
    trial.told = _read(told)
    return trial


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


def _handles(process: int) -> bool:
    """Whether a process handles SIGTERM already."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("SigCgt"):
            return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return True


def _wait(process: int) -> int:
    end = time.monotonic() + _LIMIT
    while time.monotonic() < end:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return -9


def judge(trial: Trial, before: Profile | None) -> None:
    """Look at how a child ended and at what lies in its folder."""
    lines = trial.told.splitlines()
    last = lines[-1] if lines else ""
    trial.check("Traceback" not in trial.told and "Exception" not in trial.told, "a traceback")
    if trial.kind == "window":
        trial.check(trial.status == 0 or (trial.status == 1 and last == STOPPED), f"status {trial.status}")
    elif trial.status == 1:
        trial.check(last == STOPPED, f"status 1 and {last!r}")
    else:
        trial.check(trial.status == 0, f"status {trial.status}")
    library = Library(paths.agents_folder())
    trial.check(not list(library.folder.rglob("*.tmp")), "a temporary file")
    trial.check(library.interrupted() == (), "it counts as cut off")
    for entry in library.entries():
        _judge_agent(trial, library, entry)
    if trial.status == 0 and trial.kind != "evaluate" and "Interrupted" not in trial.told:
        profile = _agent(library, "W" if trial.kind == "window" else "K")
        point = library.resume_point(profile) if profile else None
        trial.check(profile is None or (point is not None and bool(point.read())), "the run cannot go on")
    if trial.kind in ("train", "finish", "resume") and trial.status == 0:
        _judge_run(trial, library, before)


def _agent(library: Library, name: str) -> Profile | None:
    """An agent with its weights, None if it is not there."""
    entries = [entry for entry in library.entries() if entry.name == name]
    return library.load(entries[0]).profile if entries else None


def _judge_agent(trial: Trial, library: Library, entry: Any) -> None:
    trial.check(not entry.problem, f"{entry.name}: {entry.problem}")
    try:
        library.load(entry)
    except StorageError as error:
        trial.problems.append(str(error))


def _judge_run(trial: Trial, library: Library, before: Profile | None) -> None:
    """What was told is what lies there: nothing has gone back, and the best that was evaluated is kept."""
    trial.check("saved as" in trial.told.lower(), "it does not tell where the agent is")
    profile = _agent(library, "K")
    if profile is None:
        trial.problems.append("the agent is lost")
        return
    trial.check(before is None or profile.frames >= before.frames, "frames have gone back")
    means = [float(text.replace(",", "")) for text in re.findall(r"Evaluation: ([\d.,]+) ", trial.told)]
    if "Evaluating over" not in trial.told and means:  # before the finalists are compared in full
        trial.check(profile.scorecard.get("mean", -1.0) >= max(means) - 0.06, "the best is not kept")


def main() -> dict[str, Any]:
    """Do as many trials as asked for."""
    folder, trials, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    os.environ["SDL_AUDIODRIVER"] = "dummy"
    os.environ["SDL_VIDEODRIVER"] = "x11" if len(sys.argv) > 4 else "dummy"
    os.environ["DISPLAY"] = sys.argv[4] if len(sys.argv) > 4 else ""
    saver.SAVE_SECONDS = 0.3  # so that many signals meet a save
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever is started with `nohup` ignores it
    problems, statuses, kinds = list[dict[str, Any]](), dict[str, int](), list(KINDS)
    os.environ["DQN_ARCADE_HOME"] = str(folder)
    before: Profile | None = None
    for number in range(trials):
        kind = kinds[number % len(kinds)] if number < len(kinds) else rng.choice(kinds)
        if kind == "train" or kind == "finish":
            shutil.rmtree(folder / "data", ignore_errors=True)
            before = None
        elif before is None and kind != "window":
            continue
        trial = run(kind, rng, folder / "told.txt")
        judge(trial, before)
        key = f"{kind} {trial.status}"
        statuses[key] = statuses.get(key, 0) + 1
        print(json.dumps({"trial": number, "statuses": statuses, "problems": len(problems)}), flush=True)
        if trial.problems:
            problems.append({"trial": number, **vars(trial)})
            print(json.dumps(problems[-1]), file=sys.stderr, flush=True)
        entries = [each for each in Library(paths.agents_folder()).entries() if each.name == "K"]
        before = entries[0].profile if entries else None
    return {"statuses": statuses, "problems": problems}


if __name__ == "__main__":
    print(json.dumps(main()))
