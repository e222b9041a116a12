"""The layers of the code, from the bottom up, which determine the allowed imports.

`tests/test_imports.py` checks them; `python docs/layers.py` draws the picture at the top of `docs/architecture.md`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

PICTURE = Path(__file__).parent / "pictures" / "layers.svg"

LAYERS: tuple[dict[str, str], ...] = (
    {"games": "rules, views, batches; numpy alone"},
    {"agents.config": "settings of the DQN", "agents.errors": "errors and reasons"},
    {"agents.acting": "policies in numpy, scorecards", "agents.presets": "tested settings"},
    {"agents.learning": "replay, networks; TensorFlow", "agents.storage": "agents and runs as files"},
    {"agents.training": "one run: plan, trainer, session"},
    {"agents.nchain": "tables of the lab", "agents.own_model": "Keras models of scripts"},
    {"agents.agent": "Agent: training in a script"},
    {
        "arcade.input": "keys, mouse, gamepads",
        "arcade.jobs": "work in the background",
        "arcade.system": "streams, signals, log",
    },
    {"arcade.ui": "style, scenes, widgets, charts"},
    {"arcade.store": "preferences, scores, folders"},
    {"arcade.rounds": "rounds, controllers, films"},
    {"arcade.sound": "effects and music"},
    {"arcade.context": "shared by all scenes"},
    {"arcade.scenes": "the screens, a folder for each place"},
    {"arcade.window": "the loop, the stack, navigation"},
    {"arcade.benchmarks": "games, learning, window"},
    {"arcade.commands": "the command line"},
    {"main": "python main.py"},
)
"""Packages and modules with a few words on each. A module may import only its own package and the rows below."""

_WIDTH, _ROW, _GAP, _LEFT = 940, 34, 6, 20
_COLOURS = {"games": "#009e73", "agents": "#0072b2", "arcade": "#d55e00", "main": "#555555"}


class _Box(NamedTuple):
    """The box of a package in the picture; sizes are in pixels."""

    name: str
    words: str
    x: float
    y: float
    width: float


def draw() -> str:
    """Return the layers as an SVG, the lowest one at the bottom."""
    height = len(LAYERS) * (_ROW + _GAP) + 2 * _LEFT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="14">',
        "<title>The layers of the code: every import leads down</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *(_draw_box(box) for box in _boxes()),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _boxes() -> Iterator[_Box]:
    for row, packages in enumerate(reversed(LAYERS)):
        width = (_WIDTH - 2 * _LEFT - (len(packages) - 1) * _GAP) / len(packages)
        for column, (name, words) in enumerate(packages.items()):
            yield _Box(name, words, _LEFT + column * (width + _GAP), _LEFT + row * (_ROW + _GAP), width)


def _draw_box(box: _Box) -> str:
    colour, baseline = _COLOURS[box.name.partition(".")[0]], box.y + _ROW / 2 + 5
    return (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{_ROW}" rx="5" fill="{colour}"/>'
        f'<text x="{box.x + 10:g}" y="{baseline:g}" fill="#ffffff"><tspan font-weight="bold">{escape(box.name)}</tspan>'
        f'<tspan dx="10">{escape(box.words)}</tspan></text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
