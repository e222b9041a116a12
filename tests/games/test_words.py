"""Words out of files: what nobody sees is told as an escape, by a list that does not depend on the Python."""

import unicodedata

import pytest

from games.words import STEERING, UNSEEN, one_line, quoted, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pat", "Pat"),
        ("Змея 中文 é", "Змея 中文 é"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u202eb", "a\\u202eb"),
        ("\ufe0f", "\\ufe0f"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u0301", "\\u0301"),
        ("e\u0301", "e\u0301"),
        ("e\u0301\u0301\u0301", "e\u0301\u0301\\u0301"),
        ("\U0001fae8", "\U0001fae8"),
    ],
)
def test_what_nobody_sees_is_an_escape(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_letters_that_steer_are_those_that_python_calls_so() -> None:
    """Prefixes of numbers, which are seen, are the only control letters that may stand in a file."""
    control = {
        chr(number) for number in range(0x110000) if unicodedata.category(chr(number)) in ("Cc", "Cs", "Zl", "Zp")
    }
    spaces = {chr(number) for number in range(0x110000) if unicodedata.category(chr(number)) == "Zs"} - {" "}
    formats = {chr(number) for number in range(0x110000) if unicodedata.category(chr(number)) == "Cf"}
    seen = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u180e\U000110bd\U000110cd")
    assert all(STEERING.match(letter) for letter in control | spaces | formats - seen)
    assert UNSEEN.match("\u180e")
    assert not any(letter.isprintable() for letter in map(chr, range(0x110000)) if STEERING.match(letter))


def test_values_are_quoted_in_few_letters() -> None:
    assert quoted("a\x1b[31m\nb") == "'a\\x1b[31m\\nb'"
    assert len(quoted("x" * 10_000)) < 60
    assert len(quoted({"x" * 500: ["y" * 500] * 500})) < 500
    nested: list[object] = []
    for _ in range(10_000):
        nested = [nested]
    assert len(quoted(nested)) < 60
    assert quoted("\u202e\ufe0f") == "'\\u202e\\ufe0f'"


def test_a_message_has_one_line() -> None:
    assert one_line("one\n  two\x1b") == "one two\\x1b"
    assert len(one_line("x " * 10_000)) == 300
