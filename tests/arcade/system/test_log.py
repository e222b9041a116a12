"""The log file keeps what a person is not shown, stays small, and never gets in the way."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from arcade.system.log import MOST_BYTES, OLD_FILES

ROOT = Path(__file__).parents[3]
OPEN = "import logging, sys; from pathlib import Path; from arcade.system.log import open_log, last_written; "


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DQN_ARCADE_DEBUG", raising=False)
    return tmp_path / "home"


def command(*words: str, broken: str = "") -> "subprocess.CompletedProcess[str]":
    """The program with these words, with one of its modules broken by a line of code."""
    code = f"import sys; sys.argv = ['main.py', *{words!r}]; import main; {broken}\nsys.exit(main.main())"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)


def logging_process(path: Path, code: str) -> "subprocess.Popen[str]":
    """A process that writes to the log file."""
    line = f"{OPEN}open_log(Path({str(path)!r}))\nlog = logging.getLogger('arcade.test')\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", line], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


BROKEN = "import agents.storage.library as library; library.Library = lambda *_: 1 / 0"


def test_an_unexpected_error_is_one_line_and_its_traceback_is_in_the_log(home: Path) -> None:
    done = command("agents", "list", broken=BROKEN)
    log = home / "logs" / "arcade.log"
    assert done.returncode == 1
    assert done.stderr == f"dqn-arcade: ZeroDivisionError: division by zero (see {log} for details)\n"
    text = log.read_text("utf-8")
    assert re.search(r"INFO arcade\.commands\.cli: DQN Arcade .*, Python 3\.\d+\.\d+, .*: main\.py agents list\n", text)
    assert "Traceback (most recent call last)" in text and text.endswith("ZeroDivisionError: division by zero\n")


def test_each_command_and_its_end_is_a_line(home: Path) -> None:
    assert command("agents", "list").returncode == 0
    assert command("agents", "show", "no\nbody\x1b").returncode == 2
    start, end, wrong_start, wrong = (home / "logs" / "arcade.log").read_text("utf-8").splitlines()
    assert start.endswith("main.py agents list") and end.endswith("Ended with exit status 0")
    assert wrong_start.endswith(r"main.py agents show 'no\nbody\x1b'")
    assert "no such agent" in wrong and "Traceback" not in wrong


@pytest.mark.parametrize("obstacle", ["a file for a folder", "a folder for the file", "a full disk", "a pipe"])
def test_where_it_cannot_be_written_nothing_else_changes(obstacle: str, home: Path) -> None:
    home.mkdir()
    logs = home / "logs"
    if obstacle == "a file for a folder":
        logs.write_text("in the way")
    elif obstacle == "a folder for the file":
        (logs / "arcade.log").mkdir(parents=True)
    elif obstacle == "a pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes here")
        logs.mkdir()
        os.mkfifo(logs / "arcade.log")
    broken = BROKEN
    if obstacle == "a full disk":
        broken += "; import arcade.system.log as log; log._LogFile.flush = lambda self: os.write(full, b'x')"
        broken += "; import os; full = os.open('/dev/full', os.O_WRONLY)"
        if not os.path.exists("/dev/full"):
            pytest.skip("no /dev/full here")
    assert command("agents", "list").returncode == 0
    done = command("agents", "list", broken=broken)
    assert done.returncode == 1
    assert done.stderr == "dqn-arcade: ZeroDivisionError: division by zero (set DQN_ARCADE_DEBUG=1 for details)\n"


def test_several_processes_write_to_it_at_once_and_it_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "arcade.log"
    code = "for number in range(300): log.info('begin %s end', str(number) * 2000)"
    processes = [logging_process(path, code) for _ in range(4)]
    told = [each.communicate() for each in processes]
    assert [each.returncode for each in processes] == [0] * 4 and told == [("", "")] * 4
    files = sorted(path.parent.iterdir())
    assert [each.name for each in files] == ["arcade.log", *(f"arcade.log.{each + 1}" for each in range(OLD_FILES))]
    assert all(0 < each.stat().st_size <= MOST_BYTES + 2**16 for each in files)
    lines = "".join(each.read_text("utf-8") for each in files).splitlines()
    assert sum(bool(re.fullmatch(r"\S+ \S+ \d+ INFO arcade\.test: begin \d+ end", line)) for line in lines) > 100


def test_strangers_words_are_made_safe_and_long_ones_cut(tmp_path: Path) -> None:
    path = tmp_path / "arcade.log"
    code = "log.warning('turned \\u202e and \\x1b[31m red \\udc80'); log.warning('a' * 10**6 + 'z')"
    assert logging_process(path, code).communicate() == ("", "")
    text = path.read_text("utf-8")
    assert r"turned \u202e and \x1b[31m red \udc80" in text
    assert len(text) < 2**17 and "aaa\n...\naaa" in text and text.endswith("az\n")


def test_an_error_that_ends_a_thread_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "arcade.log"
    code = "import threading; each = threading.Thread(target=lambda: 1 / 0, name='sound'); each.start(); each.join()"
    assert "ZeroDivisionError" in logging_process(path, code).communicate()[1]
    text = path.read_text("utf-8")
    assert "The thread sound was ended by an error\nTraceback" in text and "ZeroDivisionError" in text


def test_logs_of_others_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "arcade.log"
    code = (
        "logging.basicConfig(level=0); logging.getLogger('stranger').error('theirs'); log.error('ours')\n"
        f"assert last_written() == Path({str(path)!r})"
    )
    out, told = logging_process(path, code).communicate()
    assert (out, told) == ("", "ERROR:stranger:theirs\n")
    assert "ours" in path.read_text("utf-8") and "theirs" not in path.read_text("utf-8")


def test_where_no_log_is_open_nothing_is_told() -> None:
    code = "import agents.training.session, logging; from arcade.system.log import get_logger\n"
    code += "get_logger('arcade.x').error('x'); logging.getLogger('agents.training.session').error('x')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_session_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    from agents.presets import preset
    from agents.training.plan import Plan
    from agents.training.session import Status, TrainingSession
    from games.registry import make

    game = make("catch")
    session = TrainingSession(Plan(game, "nonsense", preset(game, "features", "quick"), name="Nobody"))
    with caplog.at_level(logging.ERROR, "agents"):
        session.start()
        session.close()
    assert session.latest.status is Status.FAILED
    record = caplog.records[-1]
    assert record.getMessage() == "The training of Nobody has failed" and record.exc_info
