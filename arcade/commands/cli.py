"""The command line: its words, the functions they call, and one line for each way of failing.

Exit status: 0 done, 1 failed (one line on standard error), 2 wrong usage (the same). The traceback goes to the log
file; `DQN_ARCADE_DEBUG=1` shows it, too.
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

from arcade.commands.console import CommandError, Console, NobodyReadsError, UsageError, hand_over
from arcade.system.printable import in_one_line
from arcade.system.signals import STOPPED, interrupting
from arcade.system.streams import are_claimed, lead_noise, tell
from games.built_in import BUILT_IN
from games.seeds import GREATEST_SEED

DONE, FAILED, WRONG_USAGE = 0, 1, 2
SET_UP = "`make play` sets everything up in .venv, `source .venv/bin/activate` switches to it; see README.md"
GAMES = f"{', '.join(BUILT_IN)}, or gym:ENVIRONMENT for one of Gymnasium's"
_STEP_LIMIT = "cut each game after so many steps; if not given the game's own limit, or 1,000 where it has none"
IMPORT = "load this module first, which registers environments; may be given several times"


class _WrongUsageError(Exception):
    """The words do not form a command."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of two, and leaves ending to the caller."""

    def error(self, message: str) -> NoReturn:
        raise _WrongUsageError(f"{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Prints the program's version and ends, as `--help` does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from agents.storage.profile import app_version

        print(f"DQN Arcade {app_version() or '(not installed)'}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The words after the program's name; None takes those of the process.

    Returns:
        The exit status.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except NobodyReadsError:
        return FAILED
    except _WrongUsageError as error:
        return _tell(str(error), WRONG_USAGE)
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # whatever it is, a person gets one line
        log = _log_failure(error)
        return _tell(*_failure(error, f"{log}" if log else "DQN_ARCADE_DEBUG=1"))


def _run(words: list[str]) -> int:
    arguments = _parsed(words)
    if arguments is None:
        hand_over(sys.stdout)
        return DONE
    from games.border import take_note
    from games.registry import load_module

    console = Console(getattr(arguments, "json", False))
    _open_log()
    handler = _handler(arguments.handler)
    _log_start(words)
    _lead_noise()  # only now: what keeps numpy from loading is told by its libraries alone
    with interrupting(), redirect_stdout(sys.stderr):  # standard output is for the result alone, whatever others print
        for module in arguments.modules:
            load_module(module)
        status = handler(arguments, console)
    while note := take_note():
        console.tell(note)
    _log_end(status)
    return status


def _open_log() -> None:
    """Begin to write the log file, if this process is the program and not one that uses its functions."""
    from arcade.store import paths
    from arcade.system.log import open_log

    if are_claimed():
        with suppress(ValueError):  # a folder that cannot be: the command tells of it
            open_log(paths.log_file())


def _log_start(words: list[str]) -> None:
    """Log the command, the program's version, Python's and the system."""
    from sysconfig import get_platform  # `platform` would take some milliseconds of the window's start

    from agents.storage.profile import app_version
    from arcade.system.log import get_logger

    system = " ".join((get_platform(), *((os.uname().release,) if hasattr(os, "uname") else ())))
    python = sys.version.partition(" ")[0]
    get_logger(__name__).info(
        "DQN Arcade %s, Python %s, %s: main.py %s", app_version(), python, system, shlex.join(words)
    )


def _log_end(status: int) -> None:
    from arcade.system.log import get_logger

    get_logger(__name__).info("Ended with exit status %d", status)


def _log_failure(error: BaseException) -> Path | None:
    """Log the error that has ended the command; returns the log file if its traceback is there."""
    with suppress(Exception):  # if memory or a library is missing, the one line is still told
        from arcade.system.log import get_logger, last_written

        log = get_logger(__name__)
        if not isinstance(error, UsageError | KeyboardInterrupt):
            log.error("The command has failed", exc_info=error)
            return last_written()
        log.info("Ended: %s", str(error) or STOPPED)
    return None


def _lead_noise() -> None:
    """Keep what native libraries print off the terminal."""
    from arcade.store import paths

    if os.environ.get("DQN_ARCADE_DEBUG") != "1":
        with suppress(ValueError):  # a folder that cannot be: the command tells of it
            lead_noise(paths.native_log())


def _parsed(words: list[str]) -> argparse.Namespace | None:
    """Return what the words say; None if they asked for help and have got it."""
    try:
        arguments = make_parser().parse_args(words)
    except SystemExit:
        return None
    arguments.words = words
    return arguments


def _failure(error: BaseException, more: str) -> tuple[str, int]:
    """The one line to tell of an error, and the exit status.

    Args:
        error: What has ended the command.
        more: Where its traceback can be found.
    """
    match error:
        case UsageError():
            return str(error), WRONG_USAGE
        case SystemExit():
            return f"the command was ended from within (exit status {error.code})", FAILED
        case CommandError() | ValueError():
            return str(error), FAILED
        case KeyboardInterrupt():
            return STOPPED, FAILED
        case MemoryError():
            return f"not enough memory: {in_one_line(str(error))}".removesuffix(": "), FAILED
        case ModuleNotFoundError():  # most often it is the wrong Python
            return f"{error.name} is not installed for {sys.executable}. {SET_UP}", FAILED
        case ImportError():
            return f"a library does not load: {in_one_line(str(_cause(error)))}", FAILED
        case OSError():
            from agents.errors import system_reason

            return f"{error.filename or 'a file'}: {system_reason(error)}", FAILED
    return f"{type(error).__name__}: {in_one_line(str(error))} ({more} tells more)", FAILED


def _cause(error: BaseException) -> BaseException:
    """The error that came first."""
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
    """The parser of the whole command line."""
    parser = _Parser(
        prog="main.py", description="An arcade where people and deep Q-network agents play, learn, watch and race."
    )
    parser.set_defaults(handler="arcade_window:arcade")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version of the arcade")
    parser.add_argument("--fullscreen", action="store_true", help="fill the screen")
    parser.add_argument("--game", help="open the page of this game")
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
    watch.add_argument("agent", metavar="AGENT", help="its name, id or file")
    race = _command(
        commands, "race", "arcade_window:race", "race against an agent, same seed, side by side", as_json=False
    )
    race.add_argument("agent", metavar="AGENT", help="its name, id or file")


def _add_train(commands: Any) -> None:
    train = _command(commands, "train", "train:train", "train an agent")
    # It takes the place of the option `--game` among the parsed arguments: `train` reads this one alone.
    train.add_argument("game", metavar="GAME", help=GAMES)
    train.add_argument("--preset", help="quick (the default), balanced, best, or one of the game's own")
    train.add_argument("--observation", metavar="KIND", help="what the agent sees; the game's best if not given")
    train.add_argument("--seed", type=_whole(0, GREATEST_SEED), default=0, metavar="N", help="seed of all chance")
    train.add_argument("--frames", metavar="N", help="length of the run in game frames")
    train.add_argument("--seconds", type=_positive, metavar="S", help="longest time of learning")
    _add_step_limit(train)
    train.add_argument("--until-solved", action="store_true", help="stop as soon as the game counts as solved")
    train.add_argument("--name", help="the agent's name")
    train.add_argument(
        "--resume",
        metavar="AGENT",
        help="train this agent further: exactly where it stopped, or as a new one from its weights",
    )
    train.add_argument("--device", choices=("auto", "cpu", "gpu"), default="auto", help="where to learn")
    train.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a learning setting, or with game.KEY=VALUE one of the game's",
    )
    train.add_argument("--no-save", action="store_true", help="throw the agent away in the end")
    train.add_argument(
        "--curves", action="append", default=[], metavar="FILE", help="write all curves to this .csv or .png in the end"
    )
    train.add_argument("--log-dir", metavar="FOLDER", help="write event files for TensorBoard")


def _add_evaluate(commands: Any) -> None:
    evaluate = _command(commands, "evaluate", "evaluate:evaluate_agent", "play many games with a fixed seed")
    evaluate.add_argument("agent", metavar="AGENT", help="its name, id or file")
    evaluate.add_argument("--episodes", type=_whole(1, 100_000), default=100, metavar="N", help="number of games")
    _add_step_limit(evaluate)
    evaluate.add_argument("--seed", type=_whole(0, GREATEST_SEED), default=0, metavar="N", help="seed of the games")
    evaluate.add_argument("--epsilon", type=_part, default=0.0, metavar="E", help="part of random moves, 0 to 1")


def _add_agents(commands: Any) -> None:
    agents = commands.add_parser("agents", help="list and manage agents", description="List and manage agents.")
    actions = agents.add_subparsers(metavar="ACTION", title="actions", required=True)
    listing = _command(actions, "list", "agents:list_agents", "list all agents")
    listing.add_argument("game", nargs="?", metavar="GAME", help="only this game's")
    for name, words in (("show", "tell everything about an agent"), ("delete", "move an agent to the trash")):
        _command(actions, name, f"agents:{name}", words).add_argument("agent", metavar="AGENT")
    rename = _command(actions, "rename", "agents:rename", "give an agent another name")
    rename.add_argument("agent", metavar="AGENT")
    rename.add_argument("name", metavar="NAME")
    duplicate = _command(actions, "duplicate", "agents:duplicate", "copy an agent")
    duplicate.add_argument("agent", metavar="AGENT")
    duplicate.add_argument("name", nargs="?", metavar="NAME")
    _command(actions, "import", "agents:import_agent", "copy a file into the library").add_argument("path")
    export = _command(actions, "export", "agents:export", "copy an agent out, or its curve to .csv or .png")
    export.add_argument("agent", metavar="AGENT")
    export.add_argument("path")


def _add_record(commands: Any) -> None:
    record = _command(commands, "record", "record:record", "write a film of an agent's games", as_json=False)
    record.add_argument("agent", metavar="AGENT", help="its name, id or file")
    record.add_argument("out", metavar="OUT", help="a .gif, or a new folder for one PNG a picture")
    record.add_argument("--episodes", type=_whole(1, 1000), default=1, metavar="N", help="number of games")
    _add_step_limit(record)
    record.add_argument("--seed", type=_whole(0, GREATEST_SEED), default=0, metavar="N", help="seed of the games")


def _add_lab(commands: Any) -> None:
    lab = commands.add_parser("lab", help="compare ways to learn", description="Compare ways to learn.")
    games = lab.add_subparsers(metavar="GAME", title="games", required=True)
    nchain = _command(games, "nchain", "lab:nchain", "compare tables and a network with the true values")
    nchain.add_argument(
        "--methods", default="naive,table,egreedy,network", metavar="LIST", help="which methods, separated by commas"
    )
    nchain.add_argument("--contests", type=_whole(1, 10_000), default=100, metavar="N", help="trials of the contest")
    nchain.add_argument("--seed", type=_whole(0, GREATEST_SEED), default=0, metavar="N", help="seed of all chance")


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measure speed", description="Measure speed.")
    kinds = bench.add_subparsers(metavar="WHAT", title="what to measure", required=True)
    measured = {
        "games": "frames a second of every game",
        "learning": "updates a second of every network, and time to solved",
        "window": "frame times, alone and in training",
    }
    for name, words in measured.items():
        kind = _command(kinds, name, f"bench:{name}", words)
        kind.add_argument("--quick", action="store_true", help="take less than a minute")


def _command(group: Any, name: str, handler: str, words: str, *, as_json: bool = True) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = group.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    parser.set_defaults(handler=handler)
    _add_import(parser, argparse.SUPPRESS)  # what was said before the command counts as well
    if as_json:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    return parser


def _add_import(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument("--import", dest="modules", action="append", default=default, metavar="MODULE", help=IMPORT)


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
