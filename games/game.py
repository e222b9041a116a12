"""The contract of a game, which rules, training, play and the window share.

**The batch axis is always there.** A state holds B copies of a game and a person's game is a batch of one (after
OpenAI gym3). State and generator are everything: the same seed and the same actions give the same arrays.
`terminated` and `truncated` are kept apart (after Gymnasium and gymnax): learning stops bootstrapping on
`terminated` only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from games.figures import figure

Array = NDArray[Any]
State = Any
"""A dataclass of arrays, every field with leading axis B. Each game defines its own."""

_S = TypeVar("_S")

LONGEST_GAME = 1_000
"""Steps after which training, evaluations and films cut a game that sets no limit of its own; it might never end."""

PIXELS = "pixels"
"""The observation kind every game has: its view drawn small, see `games.frames`."""


@dataclass(frozen=True)
class ObservationSpec:
    """The form of one kind of observation: an array of `shape` (no batch axis) and `dtype` within [low, high].

    Byte observations are 0 … 255; networks scale them to 0 … 1. `names` describes each number, or each layer of a grid,
    in a word or two, and may be empty. If `oriented`, observations are turned or mirrored into a standard view, so
    output i of a network is not action i; see `Oriented.orientation`. A flat observation may begin with a grid of the
    shape `picture`; `names` then describes its layers.
    """

    kind: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    low: float = 0.0
    high: float = 1.0
    names: tuple[str, ...] = ()
    oriented: bool = False
    picture: tuple[int, ...] = ()


@dataclass(frozen=True)
class Solved:
    """A game counts as solved when the mean score of `episodes` greedy games is at least `mean`."""

    mean: float
    episodes: int = 100


@dataclass(frozen=True)
class Play:
    """The rules for a person's play: the action of each button, and the course of a round.

    Attributes:
        buttons: Button ("left", "right", "up", "down", "primary") to action number.
        idle: The action while no button is held; None goes on with the last one.
        hold: Whether holding a button repeats its action each tick; otherwise a press acts once.
        episodes: Episodes in one round (Catch: 20 fruits); the round's score is their sum.
        first_pace: Factor on the pace with which a person's round begins.
        speed_up: How much this factor grows with each episode of a round, or with each point when a round is one
            episode.
        assist: Pace factor of the "slow" assist, marked in the scores; 1 means that there is none.
        waits: Whether the game stands still until a button is pressed, one tick for each press.
        carry: Fields of the state that go on from one episode of a round to the next (Catch: the basket).
        level: The level on which a person begins; "" takes the first.
    """

    buttons: Mapping[str, int]
    idle: int | None = None
    hold: bool = True
    episodes: int = 1
    first_pace: float = 1.0
    speed_up: float = 0.0
    assist: float = 1.0
    waits: bool = False
    carry: tuple[str, ...] = ()
    level: str = ""


@dataclass(frozen=True)
class GameInfo:
    """The description of a game for the rest of the program. Rules and drawing stay inside the game.

    Attributes:
        id: Registry id, lower-case letters and digits.
        title: Name shown to people.
        rules: The rules in up to three lines.
        actions: Action names; the action number is the index.
        observations: Observation kinds without `pixels`, the best one for learning first.
        ticks_per_second: Pace for people. Training runs as fast as it can.
        score_name: What the score counts, plural ("fruits").
        score_single: The same for one of them ("fruit"); "" takes `score_name` without an s at its end.
        solved: When a game counts as solved.
        play: How a person plays.
        step_limit: Steps after which every episode is truncated; None for no limit.
        evaluation_limit: The same for training and evaluation alone; None takes `step_limit`, see `longest_game`.
        exploration: Probability of each action in a random move; None is uniform over legal actions.
        aspect: Width and height of the picture, as a ratio.
        accent: The game's colour, from the Okabe-Ito palette.
        levels: Difficulty name to settings; the first is the default.
        sounds: What is heard of "act" (something was done), "point" (the score rose) and "end" (it ended badly), as
            names of effects in `arcade.sound.synth`; what is not named is silent.
        version: Number of the rules; grows when a change makes trained agents worse.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    actions: tuple[str, ...]
    observations: tuple[ObservationSpec, ...]
    ticks_per_second: float
    score_name: str
    solved: Solved
    play: Play
    score_single: str = ""
    step_limit: int | None = None
    evaluation_limit: int | None = None
    exploration: tuple[float, ...] | None = None
    aspect: tuple[int, int] = (1, 1)
    accent: tuple[int, int, int] = (86, 180, 233)
    levels: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"Standard": {}})
    sounds: Mapping[str, str] = field(default_factory=lambda: {"point": "point", "end": "bump"})
    version: int = 1

    @property
    def first_level(self) -> str:
        """The level on which a person begins. Agents learn the first one unless told otherwise."""
        return self.play.level or next(iter(self.levels))

    @property
    def longest_game(self) -> int:
        """Steps after which training, evaluations and films cut a game; whatever the game says, there is an end."""
        return self.evaluation_limit or self.step_limit or LONGEST_GAME

    @property
    def sets_limit(self) -> bool:
        """Whether the game itself says after how many steps it is cut."""
        return bool(self.evaluation_limit or self.step_limit)

    def scored(self, amount: float | str) -> str:
        """A score with what it counts: "7 fruits", "1 fruit"; an amount that is text already stays as it is."""
        shown = amount if isinstance(amount, str) else figure(amount)
        return f"{shown} {self.score_noun(shown)}"

    def score_noun(self, shown: str) -> str:
        """The noun for a score that is shown like this: singular for "1"."""
        return (self.score_single or self.score_name.removesuffix("s")) if shown == "1" else self.score_name

    def observation(self, kind: str) -> ObservationSpec:
        """The spec of one observation kind, `pixels` included.

        Raises:
            ValueError: The game has no such kind.
        """
        for spec in (*self.observations, PIXELS_SPEC):
            if spec.kind == kind:
                return spec
        raise unknown_observation(self, kind)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every observation kind, `pixels` last."""
        return (*(spec.kind for spec in self.observations), PIXELS)


PIXELS_SPEC = ObservationSpec(PIXELS, (80, 80, 4), "uint8", 0, 255)
"""Grey frames of 80×80, the last four, oldest first."""


class Outcome(NamedTuple):
    """The result of one step of B copies."""

    reward: NDArray[np.float32]  # [B]
    terminated: NDArray[np.bool_]  # [B] the game is over by its rules
    truncated: NDArray[np.bool_]  # [B] cut by a limit; the state was not final


class Game(Protocol):
    """A frozen dataclass that holds a game's own settings (made by `games.settings.setting`) and its rules.

    All randomness comes from the generator that is passed in. Rows of a batch do not influence each other's rules.
    """

    view: ClassVar[str]
    """Where the game is drawn: "module:function", loaded only when something is drawn; see `games.view`."""

    @property
    def info(self) -> GameInfo:
        """The description of this game with these settings."""

    def reset(self, count: int, rng: np.random.Generator) -> State:
        """Start `count` fresh games."""

    def step(self, state: State, actions: Array, rng: np.random.Generator) -> Outcome:
        """Advance every copy by one tick, in place.

        Args:
            state: The state of B copies; its arrays are changed.
            actions: [B] whole numbers, each below the number of actions.
            rng: Source of all randomness.

        Raises:
            ValueError: The actions have a wrong shape, dtype or value.
        """

    def observe(self, state: State, kind: str) -> Array:
        """Return observations: [B, *shape] of the kind's dtype, a fresh array. `pixels` is never asked of the game.

        Raises:
            ValueError: The game has no such kind.
        """

    def score(self, state: State) -> NDArray[np.float64] | NDArray[np.int64]:
        """[B] the games' own score, fresh arrays. Fractions are not to be rounded: scores are judged as they are."""

    def legal_actions(self, state: State) -> NDArray[np.bool_]:
        """[B, A] which actions may be chosen; at least one per row."""


@runtime_checkable
class Oriented(Protocol):
    """A game with oriented observations: what looks the same after a turn or in a mirror is then the same to learn."""

    def orientation(self, state: State, kind: str) -> NDArray[np.int64]:
        """[B, A] for each output of a network that sees `kind`, the action that it stands for now."""


def check_actions(actions: Any, count: int, action_count: int) -> None:
    """Check the actions of one step.

    Raises:
        ValueError: Not `count` whole numbers below `action_count`; names shape, dtype or value.
    """
    if not isinstance(actions, np.ndarray) or actions.dtype.kind not in "iu":
        kind = getattr(actions, "dtype", type(actions).__name__)
        raise ValueError(f"actions = {kind}: must be an array of whole numbers")
    if actions.shape != (count,):
        raise ValueError(f"actions of shape {actions.shape}: must be ({count},)")
    # One reduction is the cheapest check: as unsigned numbers, negative ones are too large as well.
    if count and actions.astype(np.uint64).max() >= action_count:
        wrong = actions[(actions < 0) | (actions >= action_count)][0]
        raise ValueError(f"action = {wrong}: must be 0 to {action_count - 1}")


def unknown_observation(info: GameInfo, kind: str) -> ValueError:
    """The error a game raises in `observe` for a kind that it does not have."""
    return ValueError(f"observation = {kind!r}: {info.id} has {', '.join(info.kinds)}")
