"""A curve that is read when it is looked at is the curve of the file, and only a good one is ever left unread."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import DamagedProfileError, ProfileError
from agents.storage.container import Unread
from agents.storage.curve_text import MOST_POINTS, PLAIN_CURVE, CurveText
from agents.storage.profile import read, read_header, write
from tests.agents.storage.crafting import seal
from tests.agents.storage.profiles import make_profile

CURVE = ((0.0, -1.5), (1_000.0, 0.25), (999_999_999_999.0, 1e-07), (2_000.0, 123_456_789_012_345.0))


def _text_of(curve: object) -> str:
    return json.dumps({"curve": curve})[1:-1]


def _write(path: Path, change: Any = None) -> None:
    """A sealed agent whose document was changed."""
    from agents.storage.container import unpack
    from agents.storage.profile import to_bytes

    document, arrays = unpack(to_bytes(make_profile("Pat", curve=CURVE)))
    if change:
        change(document)
    path.write_bytes(seal(document, arrays))


def test_it_is_the_curve_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "Pat.agent"
    write(make_profile("Pat", curve=CURVE), path)
    found = read_header(path).curve
    assert isinstance(found, CurveText)
    assert (len(found), found[-1], found[1:], list(found)) == (4, CURVE[-1], CURVE[1:], list(CURVE))
    assert found == CURVE == read(path).curve
    assert found != CURVE[1:]
    assert read_header(path) == read_header(path)


@pytest.mark.parametrize(
    "curve",
    [
        [[0, 2 * 10**15]], [[0, -2.5e15]], [[0, 1e16]], [[1e13, 0]], [[-1, 0]], [[0, 0, 0]],
        [[0]], [[0, "1"]], [[0, True]], [[0, None]],
        [[[0, 0]]], {}, "", None, [[0, 1]] * (MOST_POINTS + 1), [0, 1], [[1_000_000_000_001, 0]],
    ],
)  # fmt: skip
def test_a_curve_that_is_not_allowed_is_never_left_unread(tmp_path: Path, curve: object) -> None:
    path = tmp_path / "Pat.agent"
    assert PLAIN_CURVE.search(_text_of(curve)) is None
    _write(path, lambda document: document.update(curve=curve))
    with pytest.raises(DamagedProfileError, match="curve"):
        read_header(path)


@pytest.mark.parametrize(
    "text",
    ["[[01, 2]]", "[[1., 2]]", "[[1, .5]]", "[[1, 2],]", "[[1, 2] , [3, 4]]", "[[١, 2]]", "[[1, 2e999]]", "[[1, --2]]"],
)
def test_what_is_no_plain_json_is_not_believed(text: str) -> None:
    assert PLAIN_CURVE.search(f'"curve": {text}') is None


@pytest.mark.parametrize(
    "curve", [[], [[0, 0]], [[0, -0.0]], [[5e-07 * 0, 5e-07]], [[10**12 - 1, -999.5]] * MOST_POINTS]
)
def test_what_the_program_writes_is_left_unread_and_read_alike(curve: list[Any]) -> None:
    found = PLAIN_CURVE.search(_text_of(curve))
    assert found is not None
    text = CurveText(Unread(found["unread"]))
    assert text == tuple(map(tuple, curve)) and len(text) == len(curve)


def test_a_curve_within_a_group_is_not_taken_for_the_agents(tmp_path: Path) -> None:
    path = tmp_path / "Pat.agent"
    inner = {"curve": [[1, 2]]}

    def first(document: dict[str, Any]) -> None:
        curve, _ = document.pop("curve"), document.pop("game_settings")
        document |= {"game_settings": inner, "curve": curve}

    _write(path, first)
    assert read_header(path).curve == CURVE
    assert read_header(path).game_settings == read(path).game_settings == {"curve": ((1, 2),)}

    def nothing(document: dict[str, Any]) -> None:
        first(document)
        document["curve"] = None

    _write(path, nothing)
    with pytest.raises(ProfileError, match="curve = None"):
        read_header(path)
