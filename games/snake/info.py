"""The description of Snake."""

from functools import cache

from games.game import GameInfo, ObservationSpec, Play, Solved
from games.snake import ahead
from games.snake.sight import FEATURES

_FEATURE_NAMES = (
    *(f"{way} blocked" for way in ("left", "right", "up", "down")),
    *(f"going {way}" for way in ("left", "right", "up", "down")),
    "fruit below",
    "fruit right",
    "below or above",
    "right or left",
    "length",
)


@cache
def snake_info(grid: int) -> GameInfo:
    """Return the description of Snake on a board of `grid` × `grid` cells."""
    window = 2 * grid - 1
    return GameInfo(
        id="snake",
        title="Snake",
        rules=(
            "Steer the snake to the fruit; every fruit makes it longer.",
            "Walls and your own body end the game.",
            "You cannot turn back on yourself.",
        ),
        actions=("left", "right", "up", "down"),
        observations=(
            ObservationSpec(
                "ahead",
                (ahead.observation_length(grid),),
                "uint8",
                0,
                255,
                ("blocked", "body"),
                True,
                (ahead.NEAR, ahead.NEAR, 2),
            ),
            ObservationSpec("centred", (window, window, 3), "uint8", 0, 255, names=("body", "fruit", "wall")),
            ObservationSpec("grid", (grid + 2, grid + 2, 4), "uint8", 0, 255, names=("body", "head", "fruit", "wall")),
            ObservationSpec("features", (FEATURES,), low=-1.0, names=_FEATURE_NAMES),
        ),
        ticks_per_second=7,
        evaluation_limit=1_000_000,  # hunger ends a game long before that
        score_name="fruits",
        solved=Solved(40),
        play=Play({"left": 0, "right": 1, "up": 2, "down": 3}, hold=False, speed_up=0.015),
        accent=(0, 158, 115),
        sounds={"act": "turn", "point": "eat", "end": "bump"},
    )
