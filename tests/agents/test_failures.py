import errno

import pytest

from agents.failures import in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("grid = 3:\n  too small"), "grid = 3: too small"),
        (RuntimeError("out of luck"), "RuntimeError: out of luck"),
        (AssertionError(), "AssertionError"),
        (MemoryError(), "not enough memory"),
        (MemoryError("8 GiB"), "not enough memory: 8 GiB"),
        (OSError(errno.ENOSPC, "No space", "x.agent"), "x.agent: the disk is full"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "Connection reset by peer"),
        (OSError("gone"), "gone"),
        (SystemExit("licence missing"), "SystemExit: licence missing"),
    ],
)
def test_every_failure_is_one_line(error: BaseException, words: str) -> None:
    assert in_words(error) == words


def test_pages_are_cut() -> None:
    assert len(in_words(RuntimeError("word " * 1_000))) == 300
