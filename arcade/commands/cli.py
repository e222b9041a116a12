"""The command line: parses the arguments, calls the function of the command and reports each error in one line.

Exit status: 0 done, 1 failed, 2 wrong usage. An error is one line on standard error. Its traceback goes to the
log file; `DQN_ARCADE_DEBUG=1` prints it as well.
"""

import argparse
import importlib
import math
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any, NoReturn

from arcade.commands.console import ClosedPipeError, CommandError, Console, UsageError, hand_over
from arcade.system.printable import in_one_line
from arcade.system.signals import STOPPED, interrupting
from arcade.system.streams import are_claimed, lead_noise, tell
from games.built_in import BUILT_IN
from games.seeds import GREATEST_SEED

DONE, FAILED, WRONG_USAGE = 0, 1, 2
SET_UP = "`make play` sets everything up in .venv, `source .venv/bin/activate` switches to it; see README.md"
GAMES = f"{', '.join(BUILT_IN)}, or gym:ENVIRONMENT for a Gymnasium environment"
_STEP_LIMIT = "end each game after N steps (default: the game's own limit, or 1,000 if it has none)"
IMPORT = "import this Python module first, such as one that registers environments; repeatable"


class _WrongUsageError(Exception):
    """An error of argparse: the arguments do not form a command."""


class _Parser(argparse.ArgumentParser):
    """An argument parser that raises an error of one line instead of printing two and exiting."""

    def error(self, message: str) -> NoReturn:
        raise _WrongUsageError(f"{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Action of `--version`: prints the version and exits, as `--help` does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from agents.storage.profile import app_version

        print(f"DQN Arcade {app_version() or '(not installed)'}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The arguments after the program's name; None reads `sys.argv`.

    Returns:
        The exit status.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except ClosedPipeError:
        return FAILED
    except _WrongUsageError as error:
        return _tell(str(error), WRONG_USAGE)
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # every error is reported in one line
        log = _log_failure(error)
        return _tell(*_failure(error, f"see {log}" if log else "set DQN_ARCADE_DEBUG=1"))


def _run(words: list[str]) -> int:
    arguments = _parsed(words)
    if arguments is None:
        hand_over(sys.stdout)
        return DONE
    from games.border import take_note
    from games.registry import load_module

    console = Console(getattr(arguments, "json", False))
    _open_log(words)
    handler = _handler(arguments.handler)
    _lead_noise()  # not before numpy has been imported: only its native libraries report why they cannot be loaded
    with interrupting(), redirect_stdout(sys.stderr):  # standard output is for the result alone, even if games print
        for module in arguments.modules:
            load_module(module)
        status = handler(arguments, console)
    while note := take_note():
        console.tell(note)
    _log_end(status)
    return status


def _open_log(words: list[str]) -> None:
    """Open the log file, if this process is the program and not a test or script that calls `main`."""
    from arcade.store import paths
    from arcade.system.log import open_log

    if are_claimed():
        with suppress(ValueError):  # a folder that cannot be: the command tells of it
            open_log(paths.log_file(), lambda: _first_line(words))


def _first_line(words: list[str]) -> str:
    """Name the versions of the program and Python, the operating system, and the command."""
    from sysconfig import get_platform  # `platform` takes some milliseconds more to import

    from agents.storage.profile import app_version

    system = " ".join((get_platform(), *((os.uname().release,) if hasattr(os, "uname") else ())))
    python = sys.version.partition(" ")[0]
    return f"DQN Arcade {app_version()}, Python {python}, {system}: main.py {shlex.join(words)}"


def _log_end(status: int) -> None:
    from arcade.system.log import get_logger

    get_logger(__name__).info("Ended with exit status %d", status)


def _log_failure(error: BaseException) -> Path | None:
    """Log the error that ended the command; returns the log file if the traceback was written to it."""
    with suppress(Exception):  # without memory or a library, the one line is still printed
        from arcade.system.log import get_logger, last_written

        log = get_logger(__name__)
        if not isinstance(error, UsageError | KeyboardInterrupt):
            log.error("The command has failed", exc_info=error)
            return last_written()
        log.info("Ended: %s", str(error) or STOPPED)
    return None


def _lead_noise() -> None:
    """Redirect the output of native libraries from the terminal to a file."""
    from arcade.store import paths

    if os.environ.get("DQN_ARCADE_DEBUG") != "1":
        with suppress(ValueError):  # a folder that cannot be: the command tells of it
            lead_noise(paths.native_log())


def _parsed(words: list[str]) -> argparse.Namespace | None:
    """Return the parsed arguments; None if they asked for help or the version, which has been printed."""
    try:
        arguments = make_parser().parse_args(words)
    except SystemExit:
        return None
    arguments.words = words
    return arguments


def _failure(error: BaseException, more: str) -> tuple[str, int]:
    """Return the line that reports an error, and the exit status.

    Args:
        error: The error that ended the command.
        more: How to get the traceback, such as "see arcade.log".
    """
    match error:
        case UsageError():
            return str(error), WRONG_USAGE
        case SystemExit():
            return f"a game or library ended the program (exit status {error.code})", FAILED
        case CommandError() | ValueError():
            return str(error), FAILED
        case KeyboardInterrupt():
            return STOPPED, FAILED
        case MemoryError():
            return f"not enough memory: {in_one_line(str(error))}".removesuffix(": "), FAILED
        case ModuleNotFoundError():  # most often it is the wrong Python
            return f"{error.name} is not installed for {sys.executable}. {SET_UP}", FAILED
        case ImportError():
            return f"a library cannot be loaded: {in_one_line(str(_cause(error)))}", FAILED
        case OSError():
            from agents.errors import system_reason

            return f"{error.filename or 'a file'}: {system_reason(error)}", FAILED
    return f"{type(error).__name__}: {in_one_line(str(error))} ({more} for details)", FAILED


def _cause(error: BaseException) -> BaseException:
    """Return the first error of the chain."""
    return _cause(error.__cause__) if error.__cause__ else error


def _handler(name: str) -> Callable[[argparse.Namespace, Any], int]:
    module, _, function = name.partition(":")
    handler: Callable[[argparse.Namespace, Any], int] = getattr(
        importlib.import_module(f"arcade.commands.{module}"), function
    )
    return handler


def _tell(message: str, status: int) -> int:
    if os.environ.get("DQN_ARCADE_DEBUG") == "1":
        for line in traceback.format_exc().splitlines():
            tell(line)
    tell(f"dqn-arcade: {message}")
    return status


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="main.py",
        description="An arcade in which people and deep Q-network (DQN) agents play, learn and race. "
        "Without a command, its window opens.",
    )
    parser.set_defaults(handler="arcade_window:arcade")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    parser.add_argument("--fullscreen", action="store_true", help="open the window in full screen")
    parser.add_argument("--game", help="open the window at the page of this game")
    _add_import(parser, [])
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    _add_window(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_agents(commands)
    _add_record(commands)
    _add_lab(commands)
    _add_bench(commands)
    return parser


def _add_window(commands: Any) -> None:
    play = _command(commands, "play", "arcade_window:play", "play a game", as_json=False)
    play.add_argument("game_id", metavar="GAME", help=GAMES)
    watch = _command(commands, "watch", "arcade_window:watch", "watch an agent", as_json=False)
    _add_agent(watch)
    race = _command(commands, "race", "arcade_window:race", "race an agent, side by side on one seed", as_json=False)
    _add_agent(race)


def _add_train(commands: Any) -> None:
    train = _command(commands, "train", "train:train", "train an agent")
    # Overrides the global `--game` in the parsed namespace; `train` reads only this one.
    train.add_argument("game", metavar="GAME", help=GAMES)
    train.add_argument("--preset", help="learning settings: quick (default), balanced, best, or a preset of the game")
    train.add_argument("--observation", metavar="KIND", help="input of the network, like grid (default: the game's)")
    _add_seed(train)
    train.add_argument("--frames", metavar="N", help="length of the run in game frames (default: the preset's)")
    train.add_argument("--seconds", type=_positive, metavar="S", help="stop after S seconds of learning")
    _add_step_limit(train)
    train.add_argument("--until-solved", action="store_true", help="stop as soon as an evaluation counts as solved")
    train.add_argument("--name", help="name of the agent")
    train.add_argument("--resume", metavar="AGENT", help="continue its run, or train a new agent from its weights")
    devices = ("auto", "cpu", "gpu")
    train.add_argument("--device", choices=devices, default="auto", help="device to train on; auto takes the fastest")
    _add_list(train, "--set", "KEY=VALUE", "set a hyper-parameter, or with game.KEY=VALUE a setting of the game")
    train.add_argument("--no-save", action="store_true", help="do not save the agent")
    _add_list(train, "--curves", "FILE", "write all curves of the run to a new .csv or .png file")
    train.add_argument("--log-dir", metavar="FOLDER", help="write TensorBoard event files to this folder")


def _add_evaluate(commands: Any) -> None:
    evaluate = _command(commands, "evaluate", "evaluate:evaluate_agent", "measure how well an agent plays")
    _add_agent(evaluate)
    _add_episodes(evaluate, 100, most=100_000)
    _add_step_limit(evaluate)
    _add_seed(evaluate)
    evaluate.add_argument(
        "--epsilon", type=_part, default=0.0, metavar="E", help="fraction of random moves, 0 to 1 (default: 0)"
    )


def _add_agents(commands: Any) -> None:
    agents = commands.add_parser("agents", help="list and manage agents", description="List and manage agents.")
    actions = agents.add_subparsers(metavar="ACTION", title="actions", required=True)
    listing = _command(actions, "list", "agents:list_agents", "list all agents")
    listing.add_argument("game", nargs="?", metavar="GAME", help="list only the agents of this game")
    for name, words in (("show", "show everything about an agent"), ("delete", "move an agent to the trash")):
        _add_agent(_command(actions, name, f"agents:{name}", words))
    rename = _command(actions, "rename", "agents:rename", "rename an agent")
    _add_agent(rename)
    rename.add_argument("name", metavar="NAME", help="new name")
    duplicate = _command(actions, "duplicate", "agents:duplicate", "copy an agent")
    _add_agent(duplicate)
    duplicate.add_argument("name", nargs="?", metavar="NAME", help="name of the copy")
    imported = _command(actions, "import", "agents:import_agent", "copy an .agent file into the library")
    imported.add_argument("path", metavar="FILE", help="an .agent file; one in the trash is restored")
    export = _command(actions, "export", "agents:export", "copy an agent, or its learning curve, out of the library")
    _add_agent(export)
    export.add_argument("path", metavar="PATH", help="a new file or a folder; .csv or .png for the curve")


def _add_record(commands: Any) -> None:
    record = _command(
        commands, "record", "record:record", "record an agent's games as a GIF or PNG files", as_json=False
    )
    _add_agent(record)
    record.add_argument("out", metavar="OUT", help="a new .gif file, or a new folder for one PNG per frame")
    _add_episodes(record, 1, most=1000)
    _add_step_limit(record)
    _add_seed(record)


def _add_lab(commands: Any) -> None:
    lab = commands.add_parser("lab", help="compare learning methods", description="Compare learning methods.")
    games = lab.add_subparsers(metavar="GAME", title="games", required=True)
    nchain = _command(
        games, "nchain", "lab:nchain", "train Q tables and a network on NChain and compare them with the true values"
    )
    nchain.add_argument(
        "--methods",
        default="naive,table,egreedy,network",
        metavar="LIST",
        help="comma-separated methods (default: %(default)s)",
    )
    nchain.add_argument(
        "--contests", type=_whole(1, 10_000), default=100, metavar="N", help="trials of the contest (default: 100)"
    )
    _add_seed(nchain)


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measure speed", description="Measure speed.")
    kinds = bench.add_subparsers(metavar="WHAT", title="what to measure", required=True)
    measured = {
        "games": "measure the frames per second of every game",
        "learning": "measure the updates per second of every network, and the time until games are solved",
        "window": "measure the frame times of the window, alone and during training",
    }
    for name, words in measured.items():
        kind = _command(kinds, name, f"bench:{name}", words)
        kind.add_argument("--quick", action="store_true", help="measure less, in under a minute")


def _command(group: Any, name: str, handler: str, words: str, *, as_json: bool = True) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = group.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    parser.set_defaults(handler=handler)
    _add_import(parser, argparse.SUPPRESS)  # keeps the modules that were named before the command
    if as_json:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    return parser


def _add_import(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument("--import", dest="modules", action="append", default=default, metavar="MODULE", help=IMPORT)


def _add_list(parser: argparse.ArgumentParser, option: str, metavar: str, words: str) -> None:
    parser.add_argument(option, action="append", default=[], metavar=metavar, help=f"{words}; repeatable")


def _add_agent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("agent", metavar="AGENT", help="name, id or .agent file of an agent")


def _add_episodes(parser: argparse.ArgumentParser, default: int, most: int) -> None:
    words = "number of games (default: %(default)s)"
    parser.add_argument("--episodes", type=_whole(1, most), default=default, metavar="N", help=words)


def _add_seed(parser: argparse.ArgumentParser) -> None:
    words = "random seed (default: 0)"
    parser.add_argument("--seed", type=_whole(0, GREATEST_SEED), default=0, metavar="N", help=words)


def _add_step_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--step-limit", type=_whole(1, 10**9), metavar="N", help=_STEP_LIMIT)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r}: must be a whole number from {low} to {high}")
        return value

    return parse


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _positive(text: str) -> float:
    if not 0 < (value := _number(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}: must be a number above 0")
    return value


def _part(text: str) -> float:
    if not 0 <= (value := _number(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{text!r}: must be a number from 0 to 1")
    return value
