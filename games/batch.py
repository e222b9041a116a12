"""B copies of one game played at once: time limits, resets and transitions."""

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from games.border import CheckedGame, guard
from games.game import PIXELS, Array, Game, Oriented, State
from games.registry import is_ours
from games.saved import array_like
from games.states import copy_like, generator_state, put_rows, set_generator_state, state_like, state_tree, take_rows

_S = TypeVar("_S", bound=State)

UNLIMITED = np.iinfo(np.int64).max
"""The step limit of games without one."""


@dataclass(frozen=True)
class Transitions:
    """One step of B copies, all arrays with leading axis B.

    Action numbers are those of the oriented view; `GameBatch.in_game_actions` converts them.
    """

    observation: Array  # [B, *shape] before the step
    legal: NDArray[np.bool_]  # [B, A] actions that were legal before the step
    action: Array  # [B]
    reward: NDArray[np.float32]  # [B]
    next_observation: Array  # [B, *shape] after the step, taken before finished rows are reset
    terminated: NDArray[np.bool_]  # [B] ended by the rules: no bootstrapping
    truncated: NDArray[np.bool_]  # [B] ended by a limit: bootstrapping continues
    score: NDArray[np.float64]  # [B] the games' own score after the step

    @property
    def finished(self) -> NDArray[np.bool_]:
        """[B] episodes that ended with this step, for either reason."""
        return self.terminated | self.truncated


class GameBatch:
    """B copies of a game that are stepped together. One copy is not a special case.

    Third-party games are checked by `games.border`, so every method may raise its `GameError`.

    Args:
        game: The rules.
        count: Number of copies, at least 1.
        seed: Random seed of the rules; a list of numbers is one seed, a generator is used directly.
        observation: The observation kind; None takes the first one of the game.
        autoreset: Whether finished copies restart automatically. Otherwise the caller drops them with `keep` or
            restarts them with `restart` before the next step.
        step_limit: Steps after which an episode is truncated; None takes the game's own.
    """

    def __init__(
        self,
        game: Game,
        count: int,
        seed: int | list[int] | np.random.Generator,
        *,
        observation: str | None = None,
        autoreset: bool = True,
        step_limit: int | None = None,
    ) -> None:
        if count < 1:
            raise ValueError(f"count = {count}: must be at least 1")
        if step_limit is not None and step_limit < 1:
            raise ValueError(f"step_limit = {step_limit}: must be at least 1")
        self.game = game
        self.steps = np.zeros(count, np.int64)  # [B] steps of the current episode
        self._finished = np.zeros(count, np.bool_)  # [B] finished episodes that wait for the caller
        self._rules = game if is_ours(type(game)) else self._checked(game)
        self.kind = observation or game.info.kinds[0]
        self.rng = np.random.default_rng(seed)
        self.autoreset = autoreset
        self._limit = step_limit or game.info.step_limit or UNLIMITED
        self._observer = _make_observer(game, self._rules, self.kind)
        self.state = self._rules.reset(count, self.rng)
        self._limits = np.full(count, self._limit)  # [B] steps after which the episode is truncated
        self._observation = self._observer.reset(self.state)
        oriented = isinstance(game, Oriented) and game.info.observation(self.kind).oriented
        self._oriented: Oriented | None = cast(Oriented, self._rules) if oriented else None
        self._update_actions()

    def __len__(self) -> int:
        return len(self.steps)

    def observe(self) -> Array:
        """[B, *shape] the present observations. The caller must not change them."""
        return self._observation

    def legal_actions(self) -> NDArray[np.bool_]:
        """[B, A] which actions are legal now."""
        return self._legal

    def score(self) -> NDArray[np.float64]:
        """[B] the present scores."""
        return np.asarray(self._rules.score(self.state), np.float64)

    def in_game_order(self, q_values: Array) -> Array:
        """[B, A] Q values in the order of the game's actions, from Q values in the order of the network's outputs."""
        if self._orientation is None:
            return q_values
        ordered = np.empty_like(q_values)
        np.put_along_axis(ordered, self._orientation, q_values, axis=1)
        return ordered

    def output_of(self, actions: Array) -> Array:
        """[B] the index of the network output for each of the game's actions now."""
        return actions if self._orientation is None else _outputs(self._orientation, actions)

    def in_game_actions(self, actions: Array) -> Array:
        """[B] the game's action numbers, from action numbers of the oriented view."""
        if self._orientation is None:
            return actions
        return np.take_along_axis(self._orientation, actions[:, None], axis=1)[:, 0]

    def seen_legal_actions(self) -> NDArray[np.bool_]:
        """[B, A] which actions are legal now, by the action numbers of the oriented view."""
        if self._orientation is None:
            return self._legal
        return np.take_along_axis(self._legal, self._orientation, axis=1)

    def step(self, actions: Array) -> Transitions:
        """Advance every copy by one tick.

        Args:
            actions: [B] the game's own action numbers.

        Raises:
            ValueError: Wrong actions, or finished copies that were neither dropped nor restarted.
        """
        if not self.autoreset and self._finished.any():
            raise ValueError("finished copies must be dropped with keep() or started again with restart()")
        observation, legal, seen = self._observation, self.seen_legal_actions(), actions
        orientation = self._orientation
        reward, terminated, truncated = self._rules.step(self.state, actions, self.rng)
        self.steps += 1
        truncated = (truncated | (self.steps >= self._limits)) & ~terminated
        self._observation = next_observation = self._observer.observe(self.state)
        score = self.score()
        self._end(terminated | truncated)
        if orientation is not None:
            seen = _outputs(orientation, actions)
        return Transitions(observation, legal, seen, reward, next_observation, terminated, truncated, score)

    def restart(self, rows: Array, carry: tuple[str, ...] = ()) -> None:
        """Restart the games in `rows` (an index array); the fields named in `carry` keep their values."""
        fresh = self._rules.reset(len(rows), self.rng)
        if carry:
            with guard(self.game.info.id, "play.carry"):
                for name in carry:
                    getattr(fresh, name)[:] = getattr(self.state, name)[rows]
        self._put(rows, fresh, self._limit)

    def go_on(self, rows: Array, games: State, limit: int) -> None:
        """Replace the games in `rows` (an index array) by others, which are truncated after `limit` steps.

        Pixel observations forget the earlier frames, as at the start of a game.
        """
        self._put(rows, games, limit)

    def cut(self, rows: Array) -> None:
        """Truncate the games in `rows` (an index array) in the next step, if they do not end in it."""
        self._limits[rows] = self.steps[rows]

    def keep(self, rows: Array) -> None:
        """Keep only `rows` (a mask or index array), in their order."""
        self.state = take_rows(self.state, rows)
        self.steps, self._limits = self.steps[rows], self._limits[rows]
        self._observation = self._observation[rows]
        self._observer.keep(rows)
        self._finished = self._finished[rows]
        self._update_actions()

    def get_state(self) -> dict[str, Any]:
        """Return copies of everything that later steps depend on."""
        return {
            "games": state_tree(self.state),
            "steps": self.steps.copy(),
            "limits": self._limits.copy(),
            "observation": self._observation.copy(),
            "finished": self._finished.copy(),
            "rng": generator_state(self.rng),
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Continue from a state that `get_state` of a batch of the same game and count returned.

        Raises:
            ValueError: It is a state of another game or count.
        """
        self.state = self.games_like(state["games"], self.state)
        self.steps = array_like(state["steps"], self.steps, low=0)
        if "limits" in state:  # earlier versions saved no limits: all were equal
            self._limits = array_like(state["limits"], self._limits, low=0)
        self._observation = array_like(state["observation"], self._observation)
        self._observer.go_on(self._observation)
        self._finished = copy_like(state["finished"], self._finished)
        set_generator_state(self.rng, state["rng"])
        self._update_actions()

    def games_like(self, tree: Mapping[str, Any], model: _S) -> _S:
        """Rebuild games as `state_like` does, and check that their observations are finite.

        Raises:
            ValueError: They are not, or the games are of another form.
        """
        games = state_like(tree, model)
        if self.kind != PIXELS and not np.isfinite(self.game.observe(games, self.kind)).all():
            raise ValueError("the saved state has observations that are not finite")
        return games

    def _put(self, rows: Array, state: State, limit: int) -> None:
        """Replace the games in `rows` by others, which are truncated after `limit` more steps."""
        put_rows(self.state, rows, state)
        self.steps[rows], self._limits[rows] = 0, limit
        self._observation = self._observation.copy()  # transitions returned before keep their arrays
        self._observation[rows] = self._observer.restart(rows, state)
        self._finished[rows] = False
        self._update_actions()

    def _checked(self, game: Game) -> Game:
        """Wrap a third-party game in its checks."""
        # A weak reference, so that environments are freed as soon as the batch is.
        return cast(Game, CheckedGame(game, weakref.proxy(self)))

    @property
    def over(self) -> NDArray[np.bool_]:
        """[B] whether each episode is finished and waits for the caller."""
        return self._finished

    def _update_actions(self) -> None:
        self._legal = self._rules.legal_actions(self.state)
        self._orientation = self._oriented.orientation(self.state, self.kind) if self._oriented else None

    def _end(self, finished: NDArray[np.bool_]) -> None:
        self._finished = finished
        rows = finished.nonzero()[0]
        if self.autoreset and len(rows):
            self.restart(rows)
        else:
            self._update_actions()


def _outputs(orientation: NDArray[np.int64], actions: Array) -> Array:
    outputs: Array = (orientation == actions[:, None]).argmax(axis=1)
    return outputs


class _StateObserver:
    """An observer whose observations depend only on the present state."""

    def __init__(self, game: Game, kind: str) -> None:
        game.info.observation(kind)  # raises for an unknown kind
        self._game, self._kind = game, kind

    def reset(self, state: object) -> Array:
        return self.observe(state)

    def observe(self, state: object) -> Array:
        observation: Array = self._game.observe(state, self._kind)
        return observation

    def restart(self, rows: Array, fresh: object) -> Array:
        return self.observe(fresh)

    def keep(self, rows: Array) -> None:
        """Do nothing: there is no state between steps."""

    def go_on(self, observation: Array) -> None:
        """Do nothing: there is no state between steps."""


class _PixelObserver:
    """An observer of the last four frames of each copy, oldest first. A new game repeats its first frame."""

    def __init__(self, game: Game) -> None:
        from games.frames import FrameRenderer, FrameStack  # needs pygame, so imported only for pixels

        self._render = FrameRenderer(game)
        self._stack = FrameStack()

    def reset(self, state: object) -> Array:
        return self._stack.reset(self._render(state))

    def observe(self, state: object) -> Array:
        return self._stack.push(self._render(state))

    def restart(self, rows: Array, fresh: object) -> Array:
        return self._stack.restart(rows, self._render(fresh))

    def keep(self, rows: Array) -> None:
        self._stack.keep(rows)

    def go_on(self, observation: Array) -> None:
        self._stack.go_on(observation)


def _make_observer(game: Game, rules: Game, kind: str) -> _StateObserver | _PixelObserver:
    return _PixelObserver(game) if kind == PIXELS else _StateObserver(rules, kind)
