"""The interface of a game, shared by rules, training, play and the window.

**There is always a batch axis.** A state holds B copies of a game, and a person's game is a batch of one (as in OpenAI
gym3). Games have no hidden state: the same seed and the same actions give the same arrays. `terminated` and
`truncated` are distinct (as in Gymnasium and gymnax): learning stops bootstrapping only on `terminated`.
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
"""Step limit in training, evaluations and films for games without their own limit, which might never end."""

PIXELS = "pixels"
"""The observation kind that every game has: small grey pictures of its view, see `games.frames`."""


@dataclass(frozen=True)
class ObservationSpec:
    """An observation kind: arrays of `shape` (without batch axis) and `dtype` within [low, high].

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
    """The settings of a person's play: the action of each button, the pace, and the episodes of a round.

    Attributes:
        buttons: Button ("left", "right", "up", "down", "primary") to action number.
        idle: The action while no button is held; None repeats the last one.
        hold: Whether holding a button repeats its action each tick; otherwise a press acts once.
        episodes: Episodes in one round (Catch: 20 fruits); the round's score is their sum.
        first_pace: Factor on the pace with which a person's round begins.
        speed_up: How much this factor grows with each episode of a round, or with each point when a round is one
            episode.
        assist: Pace factor of the "slow" assist, which is marked in the scores; 1 for no assist.
        waits: Whether the game waits for presses, one tick for each press.
        carry: State fields that keep their values from one episode of a round to the next (Catch: the basket).
        level: The initial level for people; "" takes the first one.
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
    """The description of a game for the rest of the program.

    Attributes:
        id: Id in the registry, lower-case letters and digits.
        title: Name on screens and in messages.
        rules: The rules in up to three lines.
        actions: Action names; the action number is the index.
        observations: Observation kinds without `pixels`, the best one for learning first.
        ticks_per_second: Pace of play. Training runs as fast as possible.
        score_name: Unit of the score, plural ("fruits").
        score_single: The singular ("fruit"); "" takes `score_name` without its final s.
        solved: When a game counts as solved.
        play: How a person plays.
        step_limit: Steps after which every episode is truncated; None for no limit.
        evaluation_limit: The same only for training and evaluation; None takes `step_limit`, see `longest_game`.
        exploration: Probability of each action in a random move; None is uniform over legal actions.
        aspect: Width and height of the picture, as a ratio.
        accent: The game's colour, from the Okabe-Ito palette.
        levels: Difficulty name to settings; the first is the default.
        sounds: Effects of `arcade.sound.synth` for "act" (an action), "point" (the score rose) and "end" (a bad end);
            missing ones are silent.
        version: Version of the rules, increased when a change makes trained agents worse.
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
        """The initial level for people. Agents learn the first level by default."""
        return self.play.level or next(iter(self.levels))

    @property
    def longest_game(self) -> int:
        """The step limit in training, evaluations and films; every game has one there."""
        return self.evaluation_limit or self.step_limit or LONGEST_GAME

    @property
    def sets_limit(self) -> bool:
        """Whether the game sets a step limit itself."""
        return bool(self.evaluation_limit or self.step_limit)

    def scored(self, amount: float | str) -> str:
        """Return a score with its unit: "7 fruits", "1 fruit". An amount given as text is not changed."""
        shown = amount if isinstance(amount, str) else figure(amount)
        return f"{shown} {self.score_noun(shown)}"

    def score_noun(self, shown: str) -> str:
        """Return the unit of a score shown as this text: the singular for "1"."""
        return (self.score_single or self.score_name.removesuffix("s")) if shown == "1" else self.score_name

    def observation(self, kind: str) -> ObservationSpec:
        """Return the spec of an observation kind, `pixels` included.

        Raises:
            ValueError: The game has no such kind.
        """
        for spec in (*self.observations, PIXELS_SPEC):
            if spec.kind == kind:
                return spec
        raise unknown_observation(self, kind)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of all observation kinds, `pixels` last."""
        return (*(spec.kind for spec in self.observations), PIXELS)


PIXELS_SPEC = ObservationSpec(PIXELS, (80, 80, 4), "uint8", 0, 255)
"""Grey frames of 80×80, the last four, oldest first."""


class Outcome(NamedTuple):
    """The result of one step of B copies."""

    reward: NDArray[np.float32]  # [B]
    terminated: NDArray[np.bool_]  # [B] ended by the rules
    truncated: NDArray[np.bool_]  # [B] ended by a limit, in a state that is not final


class Game(Protocol):
    """A frozen dataclass with the rules of a game and its settings (fields made by `games.settings.setting`).

    All randomness comes from the generator passed in. The rows of a batch are independent.
    """

    view: ClassVar[str]
    """The path of the drawing function, "module:function", imported only when needed; see `games.view`."""

    @property
    def info(self) -> GameInfo:
        """The description of this game with these settings."""

    def reset(self, count: int, rng: np.random.Generator) -> State:
        """Start `count` new games."""

    def step(self, state: State, actions: Array, rng: np.random.Generator) -> Outcome:
        """Advance every copy by one tick, in place.

        Args:
            state: The state of B copies; its arrays are changed.
            actions: [B] integers, each below the number of actions.
            rng: Random generator.

        Raises:
            ValueError: The actions have a wrong shape, dtype or value.
        """

    def observe(self, state: State, kind: str) -> Array:
        """Return observations: a new array [B, *shape] of the kind's dtype. It is never called for `pixels`.

        Raises:
            ValueError: The game has no such kind.
        """

    def score(self, state: State) -> NDArray[np.float64] | NDArray[np.int64]:
        """[B] the scores of the games, a new array. Fractions must not be rounded."""

    def legal_actions(self, state: State) -> NDArray[np.bool_]:
        """[B, A] whether each action is legal; at least one per row is."""


@runtime_checkable
class Oriented(Protocol):
    """A game with oriented observations: states that differ only by a rotation or reflection look the same."""

    def orientation(self, state: State, kind: str) -> NDArray[np.int64]:
        """[B, A] the present action of each output of a network that observes `kind`."""


def check_actions(actions: Any, count: int, action_count: int) -> None:
    """Check the actions of one step.

    Raises:
        ValueError: They are not `count` integers below `action_count`; names shape, dtype or value.
    """
    if not isinstance(actions, np.ndarray) or actions.dtype.kind not in "iu":
        kind = getattr(actions, "dtype", type(actions).__name__)
        raise ValueError(f"actions = {kind}: must be an array of whole numbers")
    if actions.shape != (count,):
        raise ValueError(f"actions of shape {actions.shape}: must be ({count},)")
    # One reduction is enough: as unsigned integers, negative numbers are too large as well.
    if count and actions.astype(np.uint64).max() >= action_count:
        wrong = actions[(actions < 0) | (actions >= action_count)][0]
        raise ValueError(f"action = {wrong}: must be 0 to {action_count - 1}")


def unknown_observation(info: GameInfo, kind: str) -> ValueError:
    """Return the error to raise in `observe` for an unknown kind."""
    return ValueError(f"observation = {kind!r}: {info.id} has {', '.join(info.kinds)}")
