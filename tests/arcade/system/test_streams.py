"""Standard streams may be missing, full, or left by whoever read them: a command does its work all the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CLAIM = (
    "import sys, os; from pathlib import Path; from arcade.system.streams import claim_streams, lead_noise; "
    "claim_streams(); "
)
SNAKE = r"\u0417\u043c\u0435\u044f"
SHELL = pytest.mark.skipif(os.name == "nt", reason="needs a shell")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DQN_ARCADE_DEBUG", raising=False)
    return tmp_path / "home"


def run(code: str, noise: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Python code in a process of its own, once it has claimed its streams."""
    lead = f"lead_noise(Path({str(noise)!r})); " if noise else ""
    return subprocess.run([sys.executable, "-c", CLAIM + lead + code], cwd=ROOT, capture_output=True, text=True)


def shell(line: str) -> "subprocess.CompletedProcess[str]":
    """A line for the shell in which `arcade` is the program."""
    line = line.replace("arcade", f"{sys.executable} main.py")
    return subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True)


def test_native_noise_goes_to_the_file(tmp_path: Path) -> None:
    noise = tmp_path / "logs" / "native.log"
    done = run("os.write(2, b'noise'); sys.stderr.write('word')", noise)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "word")
    assert noise.read_bytes() == b"noise"


def test_noise_that_cannot_be_kept_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    assert run("os.write(2, b'noise'); sys.stderr.write('word')", tmp_path / "logs" / "native.log").stderr == "word"


def test_without_a_file_noise_is_heard() -> None:
    assert run("os.write(2, b'noise')").stderr == "noise"


def test_standard_output_is_known_to_this_program_alone() -> None:
    done = run("print('result', flush=True); os.write(1, b'others'); os.system('echo child')")
    assert done.stdout == "result\n"
    assert "others" in done.stderr and "child" in done.stderr


@pytest.mark.parametrize(
    ("end", "told"), [("os.kill(os.getpid(), 11)", "Segmentation fault"), ("os.abort()", "Aborted")]
)
def test_a_fault_in_native_code_is_told(end: str, told: str, tmp_path: Path) -> None:
    done = run(end, tmp_path / "native.log")
    assert done.returncode != 0
    assert done.stderr.startswith(f"Fatal Python error: {told}")


@SHELL
@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on memory")
@pytest.mark.parametrize("kibibytes", [60_000, 90_000])
def test_memory_that_ends_while_libraries_load_is_told(kibibytes: int) -> None:
    done = shell(f"ulimit -v {kibibytes}; arcade evaluate 'NChain ace' --episodes 1")
    assert done.returncode == 0 or done.stderr


def test_the_file_of_noise_stays_small(tmp_path: Path) -> None:
    noise = tmp_path / "native.log"
    noise.write_bytes(bytes(2**20 + 1))
    run("os.write(2, b'noise')", noise)
    assert noise.read_bytes() == b"noise"


def test_streams_of_others_are_left_alone(tmp_path: Path) -> None:
    noise = tmp_path / "native.log"
    code = (
        "import os; from pathlib import Path; from arcade.system.streams import lead_noise; "
        f"lead_noise(Path({str(noise)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", f"{code}; os.write(2, b'word')"], cwd=ROOT, capture_output=True)
    assert (done.stderr, noise.exists()) == (b"word", False)


def test_what_a_stream_cannot_encode_is_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    done = run("print('Змея'); print('Змея', file=sys.stderr)")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{SNAKE}\n", f"{SNAKE}\n")


@SHELL
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_streams_that_are_missing_or_full_take_nothing_from_a_command(closed: str) -> None:
    if "full" in closed and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    done = shell(f"arcade agents duplicate 'Catch ace' Twin {closed}")
    assert (done.returncode, done.stderr) == (0, "")


@SHELL
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("words", ["agents list", "agents list --json", "--help"])
def test_a_result_that_cannot_be_written_is_a_failure_in_one_line(words: str) -> None:
    done = shell(f"arcade {words} >/dev/full")
    assert (done.returncode, done.stderr) == (1, "dqn-arcade: the result cannot be written: the disk is full\n")


@SHELL
def test_a_reader_who_leaves_is_no_news() -> None:
    done = shell("(arcade agents list; echo $? >&2) | true")
    assert done.stderr == "1\n"


def test_words_that_nobody_reads_any_more_end_nothing() -> None:
    reader, writer = os.pipe()
    code = CLAIM.format("None") + "os.read(0, 1); [print(9, file=sys.stderr) for _ in range(9)]; print('goes on')"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=writer
    )
    os.close(writer)
    os.close(reader)
    assert process.communicate(b"x")[0].split() == [b"goes", b"on"]
    assert process.returncode == 0


@SHELL
def test_any_file_name_is_one_row_of_seen_letters_and_json(home: Path) -> None:
    names = [b"esc\x1b[31m", b"new\nline", "turned\u202e".encode(), b"latin\xe9", b"bell\x07"]

    def listing(options: str) -> str:
        folder = os.fsencode(home / "data" / "agents")
        os.makedirs(folder, exist_ok=True)
        for name in names:  # a listing sets them aside, for they are no agents
            with open(os.path.join(folder, name + b".agent"), "wb") as file:
                file.write(b"no agent")
        done = shell(f"arcade agents list {options}")
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    table, document = listing(""), listing("--json")
    agents = json.loads(document)["agents"]
    assert len(table.splitlines()) == len(agents) and all(line.isprintable() for line in table.splitlines())
    assert document.isascii() and len(document.splitlines()) == 1
    assert {os.fsencode(row["name"]).partition(b" 2")[0] for row in agents if not row["shipped"]} == set(names)
