"""Nothing of a stranger's colours a terminal, moves its cursor, makes a second row or stays unseen."""

import os
import shlex
import unicodedata

import pytest

from arcade.system.printable import command, in_one_line, printable


@pytest.mark.parametrize(
    "text", ["", "Pat", "Snake ace (2)", "Змея", "Zoë", "Zoe\u0308", "हिन्दी", "蛇", "a\\x1b", "🐍"]
)
def test_what_is_seen_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("two\nrows\r\ttab", r"two\nrows\r\ttab"),
        ("\x9b2J\x85\u2028", r"\x9b2J\x85\u2028"),
        ("txt.\u202eexe\u2066", r"txt.\u202eexe\u2066"),
        ("\u200b\ufeff\u2060", r"\u200b\ufeff\u2060"),
        ("\ufe0f\u034f\u180b\u3164\u2800", r"\ufe0f\u034f\u180b\u3164\u2800"),
        ("\u0301x \u0301", r"\u0301x \u0301"),
        ("caf\udce9", r"caf\udce9"),
        ("a\xa0b\u3000c", r"a\xa0b\u3000c"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_is_not_seen_or_does_something_is_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_no_character_at_all_gets_through_unseen() -> None:
    shown = printable("".join(map(chr, [*range(0x12000), *range(0xE0000, 0xE0200)])))
    shown.encode()  # no halves of letters
    kinds = {unicodedata.category(character) for character in shown}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"} and {c for c in shown if c.isspace()} == {" "}
    assert not {"\u202e", "\u2066", "\u200b", "\ufeff", "\ufe0f", "\u3164"} & set(shown)


def test_errors_of_several_lines_are_one() -> None:
    assert in_one_line("by\n  nought\x1b[2J\n") == r"by nought\x1b[2J"


@pytest.mark.skipif(os.name == "nt", reason="another shell")
@pytest.mark.parametrize("name", ["Pat", "My agent", "x; touch y", "$(reboot)", "`reboot`", "it's", 'a"b', "-rf", "!!"])
def test_a_command_that_is_pasted_means_its_words(name: str) -> None:
    assert shlex.split(command("train", "catch", "--resume", name)) == ["train", "catch", "--resume", name]


def test_a_command_that_would_not_be_seen_as_it_is_is_none() -> None:
    assert command("train", "catch", "--resume", "a\u202eb") == ""


def test_the_shell_of_windows_has_other_quotation_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arcade.system.printable.os.name", "nt")
    assert command("train", "catch", "--resume", "My agent") == 'train catch --resume "My agent"'
    assert command("train", "catch", "--resume", "x & del y") == command("train", "%PATH%") == ""
