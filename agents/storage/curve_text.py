"""Learning curves that stay JSON text until they are used.

A curve is the largest part of an agent's description. A list of thousands of agents shows no curves, so their text is
only checked there, which takes a quarter of the time and memory of parsing it.
"""

import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

from agents.storage.container import Unread

MOST_POINTS = 200

_FRACTION = r"(?:\.[0-9]{1,20}+)?+"
_FRAMES = rf"(?:0|[1-9][0-9]{{0,11}}+){_FRACTION}"
_SCORE = rf"-?+(?:0|[1-9][0-9]{{0,14}}+){_FRACTION}(?:e-[0-9][0-9])?+"
_POINT = rf"\[{_FRAMES}, {_SCORE}\]"
PLAIN_CURVE = re.compile(rf'"curve": (?P<unread>\[(?:{_POINT}(?:, {_POINT}){{0,{MOST_POINTS - 1}}}+)?+\])')
"""A curve as this program writes it, with numbers in the allowed ranges; curves in other form are parsed at once."""


class CurveText(Sequence[tuple[float, float]]):
    """A curve that is parsed at its first use; it equals a tuple of the same points.

    Args:
        text: The text that `PLAIN_CURVE` has found.
    """

    def __init__(self, text: Unread) -> None:
        self._text = text

    def __len__(self) -> int:
        return self._text.count("[") - 1

    @overload
    def __getitem__(self, index: int) -> tuple[float, float]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[float, float], ...]: ...
    def __getitem__(self, index: Any) -> Any:
        return self._points[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CurveText) and self._text == other._text:
            return True
        return isinstance(other, (CurveText, tuple)) and self._points == tuple(other)

    def __hash__(self) -> int:
        return hash(self._points)

    def __repr__(self) -> str:
        return repr(self._points)

    @cached_property
    def _points(self) -> tuple[tuple[float, float], ...]:
        return tuple((float(frames), float(score)) for frames, score in json.loads(self._text))
