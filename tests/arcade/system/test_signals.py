"""Requests to stop: what they break off, what they wait for, and what is told, from a program's first instant on."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from arcade.system.signals import AtStake, Stop, interrupting, stopping

ROOT = Path(__file__).parents[3]
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals to send"),
    pytest.mark.usefixtures("hangups_are_heard"),
]


def test_the_first_request_is_noted_and_a_later_one_breaks_off_what_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    with stopping(lambda: asked.append(True)) as stop, stop.working():
        signal.raise_signal(signal.SIGTERM)
        assert stop.requested and asked == [True]
        signal.raise_signal(signal.SIGHUP)  # a bundle is one request
        monkeypatch.setattr("arcade.system.signals.BUNDLE_SECONDS", 0.0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)


def test_nothing_breaks_off_what_is_being_kept() -> None:
    with stopping() as stop:
        with stop.working():
            pass
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        assert stop.requested


def test_before_there_is_anything_to_keep_a_request_ends_the_command() -> None:
    with stopping() as stop, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert not stop.requested


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_commands_are_interrupted_by_every_signal(number: int) -> None:
    before = signal.getsignal(number)
    with interrupting(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
    try:
        with interrupting():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_elsewhere_than_in_the_main_thread_signals_are_left_alone() -> None:
    stops: list[Stop] = []

    def work() -> None:
        with stopping() as stop:
            stops.append(stop)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [stop.at_stake for stop in stops] == [AtStake.NOTHING]


SWALLOWS = """
import signal
import time
from arcade.system import signals

class Finalised:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

signals.begin_program()
try:
    with signals.interrupting():
        Finalised()
        time.sleep(60)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_request_that_comes_within_a_finaliser_is_not_swallowed() -> None:
    command = [sys.executable, "-c", SWALLOWS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


TIDIES = """
import signal
import threading
import time
from arcade.system import signals

lock = threading.Lock()

def tidy():
    with lock:
        signal.raise_signal(signal.SIGHUP)
        time.sleep(0.01)
    print("tidied", flush=True)

signals.begin_program()
with signals.stopping() as stop:
    stop.tidy = tidy
    with stop.undivided():
        signal.raise_signal(signal.SIGTERM)
        print("held", flush=True)
    print("never", flush=True)
"""


def test_what_is_being_held_is_tidied_up_once_however_many_requests_come() -> None:
    command = [sys.executable, "-c", TIDIES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("held\ntidied\n", "dqn-arcade: stopped before it was done\n")
    assert done.returncode == 1


RULED_OUT = """
from arcade.system import signals

class Finalised:
    def __init__(self, words):
        self.words = words

    def __del__(self):
        raise OSError(self.words)

signals.begin_program()
Finalised("Signal 15 ignored due to race condition")
Finalised("something else")
"""


def test_a_request_that_comes_while_requests_are_being_ruled_out_is_not_complained_of() -> None:
    done = subprocess.run([sys.executable, "-c", RULED_OUT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "race condition" not in done.stderr
    assert "something else" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs to see when a process begins to handle signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("delay", [0.0, 1.0])
def test_a_command_ends_at_once_with_one_line(tmp_path: Path, number: int, delay: float) -> None:
    """Both while its modules are being imported and while it is at work."""
    environment = {**os.environ, "DQN_ARCADE_HOME": str(tmp_path)}
    command = [sys.executable, "main.py", "evaluate", "Snake ace", "--episodes", "50000"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-1, text=True) as child:
        while not handles_signals(child.pid):
            time.sleep(0.001)
        time.sleep(delay)
        child.send_signal(number)
        started = time.monotonic()
        out, told = child.communicate(timeout=30)
    assert time.monotonic() - started < 5
    assert (child.returncode, out) == (1, "")
    assert told.splitlines()[-1] == "dqn-arcade: stopped before it was done"
    assert "Traceback" not in told


def handles_signals(process: int) -> bool:
    """Whether a process has begun to handle SIGTERM."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("SigCgt"):
            return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False
