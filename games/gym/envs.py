"""Our games as Gymnasium environments: `DQNArcade/Catch-v0` and the others, single and vectorised.

    import gymnasium, games.gym.envs
    env = gymnasium.make("DQNArcade/Snake-v0", observation="grid", grid=8, render_mode="rgb_array")
    envs = gymnasium.make_vec("DQNArcade/Snake-v0", num_envs=16, vectorization_mode="vector_entry_point")

Both use `GameBatch`, so rules, limits and observations are those of the arcade. For oriented observations
(`ObservationSpec.oriented`), actions are those of the oriented view, and are converted here.
"""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from games.batch import GameBatch
from games.game import Array, Game
from games.registry import make
from games.seeds import GREATEST_SEED

IDS = {
    "DQNArcade/Catch-v0": "catch",
    "DQNArcade/Snake-v0": "snake",
    "DQNArcade/CartPole-v0": "cartpole",
    "DQNArcade/FlappyBird-v0": "flappybird",
    "DQNArcade/NChain-v0": "nchain",
}
"""Gymnasium id to the id in our registry."""

HEIGHT = 400
"""Height of rendered pictures in pixels."""

RENDER_MODES = ("rgb_array", "human")


def register() -> None:
    """Register our games with Gymnasium; called when this module is imported."""
    for env_id, game_id in IDS.items():
        if env_id not in gymnasium.registry:
            gymnasium.register(
                env_id,
                entry_point="games.gym.envs:ArcadeEnv",
                vector_entry_point="games.gym.envs:ArcadeVectorEnv",
                kwargs={"game_id": game_id},
            )


class ArcadeEnv(gymnasium.Env[Array, int]):
    """One game. `info` contains its `score` and the legal actions (`action_mask`, bytes of 1 and 0).

    Args:
        game_id: Id in our registry.
        observation: Observation kind; None takes the best one for learning.
        render_mode: "rgb_array", "human" or None.
        step_limit: Steps after which a game is truncated; None takes the game's own.
        settings: The game's settings.

    Raises:
        ValueError: The game, kind, mode or a setting is unknown, or a value is not allowed.
    """

    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 30}  # noqa: RUF012  # as Gymnasium has it

    def __init__(
        self,
        game_id: str,
        observation: str | None = None,
        render_mode: str | None = None,
        step_limit: int | None = None,
        **settings: Any,
    ) -> None:
        if render_mode not in (None, *RENDER_MODES):
            raise ValueError(f"render_mode = {render_mode!r}: must be one of {', '.join(RENDER_MODES)}")
        self.game = make(game_id, **settings)
        self.render_mode = render_mode
        self.metadata = {**type(self).metadata, "render_fps": self.game.info.ticks_per_second}
        self._kind, self._limit = observation or self.game.info.kinds[0], step_limit
        self.observation_space, self.action_space = _spaces(self.game, self._kind)
        self._batch: GameBatch | None = None
        self._over = False
        self._window: Any = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Start a game. The same seed gives the same game, and the same games after it."""
        super().reset(seed=seed)
        self._over = False
        if self._batch is None or seed is not None:
            self._batch = GameBatch(
                self.game,
                1,
                int(self.np_random.integers(GREATEST_SEED + 1)),
                observation=self._kind,
                autoreset=False,
                step_limit=self._limit,
            )
        else:
            self._batch.restart(np.array([0]))
        if self.render_mode == "human":
            self._open_window(self._batch).begin(self._batch.state)
        return self._batch.observe()[0].copy(), self._info(self._batch)

    def step(self, action: int) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Play one tick.

        Raises:
            ValueError: The action is invalid, or the game is over or has not been started.
        """
        if self._batch is None:
            raise ValueError("no game has begun: call reset() first")
        if self._over:
            raise ValueError("the game is over: call reset() first")
        _check_actions(self.action_space, action)
        transitions = self._batch.step(self._batch.in_game_actions(np.array([int(action)])))
        if self._window is not None:
            self._window.show(self._batch.state)
        observation = transitions.next_observation[0].copy()
        ended = bool(transitions.terminated[0]), bool(transitions.truncated[0])
        self._over = any(ended)
        return observation, float(transitions.reward[0]), *ended, self._info(self._batch)

    def render(self) -> Any:
        """Return the picture [height, width, 3] in bytes if the mode is "rgb_array", otherwise None."""
        if self.render_mode != "rgb_array" or self._batch is None:
            return None
        return _picture(self.game, self._batch.state, 0)

    def close(self) -> None:
        """Close the window, if there is one."""
        if self._window is not None:
            self._window.close()
            self._window = None

    def _open_window(self, batch: GameBatch) -> Any:
        if self._window is None:
            from games.window import Window

            self._window = Window(self.game, batch.state)
        return self._window

    def _info(self, batch: GameBatch) -> dict[str, Any]:
        return {name: values[0] for name, values in _infos(batch).items()}


class ArcadeVectorEnv(VectorEnv[Array, Array, Array]):
    """Copies of a game in one batch. A finished copy restarts in the same step (`AutoresetMode.SAME_STEP`).

    The last observation of a finished game is in `infos["final_obs"]`, its score in `infos["final_info"]["score"]`;
    `_final_obs` and `_final_info` mark the copies.

    Args:
        game_id: Id in our registry.
        num_envs: Number of copies.
        observation: Observation kind; None takes the best one for learning.
        render_mode: "rgb_array" or None.
        step_limit: Steps after which a game is truncated; None takes the game's own.
        max_episode_steps: The same under the name that `make_vec` passes; the smaller one counts.
        settings: The game's settings.

    Raises:
        ValueError: The game, kind, mode or a setting is unknown, or a value is not allowed.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "render_modes": ["rgb_array"],
        "render_fps": 30,
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(
        self,
        game_id: str,
        num_envs: int = 1,
        observation: str | None = None,
        render_mode: str | None = None,
        step_limit: int | None = None,
        max_episode_steps: int | None = None,
        **settings: Any,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode = {render_mode!r}: many games are rendered as rgb_array only")
        self.game = make(game_id, **settings)
        self.num_envs, self.render_mode = num_envs, render_mode
        self._kind = observation or self.game.info.kinds[0]
        self._limit = min((limit for limit in (step_limit, max_episode_steps) if limit is not None), default=None)
        self.single_observation_space, self.single_action_space = _spaces(self.game, self._kind)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._batch: GameBatch | None = None

    def reset(
        self, *, seed: int | list[int] | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start all games. The same seed, or list of seeds, gives the same games.

        Raises:
            ValueError: A list of seeds does not have an integer or None for each game.
        """
        if not isinstance(seed, list):
            super().reset(seed=seed)
            entropy: int | list[int] = int(self.np_random.integers(GREATEST_SEED + 1))
        else:
            _check_seeds(seed, self.num_envs)
            super().reset(seed=seed[0])
            drawn = self.np_random.integers(GREATEST_SEED + 1, size=len(seed)).tolist()
            entropy = [each if wanted is None else int(wanted) for wanted, each in zip(seed, drawn, strict=True)]
        self._batch = GameBatch(self.game, self.num_envs, entropy, observation=self._kind, step_limit=self._limit)
        return self._batch.observe().copy(), _infos(self._batch)

    def step(
        self, actions: Array
    ) -> tuple[Array, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Play one tick of every game.

        Raises:
            ValueError: An action is invalid, or the games have not been started.
        """
        if self._batch is None:
            raise ValueError("no game has begun: call reset() first")
        _check_actions(self.action_space, actions)
        transitions = self._batch.step(self._batch.in_game_actions(np.asarray(actions, np.int64)))
        infos = _infos(self._batch)
        finished = transitions.finished
        if finished.any():
            infos["final_obs"] = np.empty(self.num_envs, object)
            for row in finished.nonzero()[0]:
                infos["final_obs"][row] = transitions.next_observation[row].copy()
            infos["_final_obs"] = infos["_final_info"] = finished
            infos["final_info"] = {"score": np.where(finished, transitions.score, 0), "_score": finished}
        return (
            self._batch.observe().copy(),
            transitions.reward.astype(np.float64),
            transitions.terminated,
            transitions.truncated,
            infos,
        )

    def render(self) -> Any:
        """Return the pictures of all copies, each [height, width, 3] in bytes, if the mode is "rgb_array"."""
        if self.render_mode is None or self._batch is None:
            return None
        return tuple(_picture(self.game, self._batch.state, row) for row in range(self.num_envs))


def _spaces(game: Game, kind: str) -> tuple[Box, Discrete]:
    spec = game.info.observation(kind)
    dtype = np.dtype(spec.dtype)
    return Box(dtype.type(spec.low), dtype.type(spec.high), spec.shape, dtype.type), Discrete(len(game.info.actions))


def _check_actions(space: Any, actions: Any) -> None:
    if not space.contains(actions):
        raise ValueError(f"action = {actions!r}: must be within {space}")


def _check_seeds(seeds: list[Any], count: int) -> None:
    whole = all(each is None or (isinstance(each, int | np.integer) and each >= 0) for each in seeds)
    if len(seeds) != count or not whole:
        raise ValueError(f"seed = {seeds}: must be a whole number of at least 0, or None, for each of {count} games")


def _infos(batch: GameBatch) -> dict[str, Any]:
    """Return the scores and the legal actions of all copies, with the action numbers of the oriented view."""
    return {"score": batch.score(), "action_mask": batch.seen_legal_actions().astype(np.int8)}


def _picture(game: Game, state: Any, row: int) -> NDArray[np.uint8]:
    import pygame

    from games.view import draw

    width, height = game.info.aspect
    surface = pygame.Surface((round(HEIGHT * width / height), HEIGHT), 0, 32)
    draw(surface, game, state, row)
    return np.ascontiguousarray(pygame.surfarray.array3d(surface).swapaxes(0, 1))


register()
