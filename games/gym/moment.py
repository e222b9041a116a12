"""A Gymnasium environment at one moment, as an immutable value."""

from typing import Any

import numpy as np

from games.border import note
from games.game import Array
from games.gym.living import Living


class ActionHistory(list[Any]):
    """The actions of one game. Its moments refer to it, so it exists as long as the game can continue."""


class Moment:
    """An environment after a seed and some actions.

    Environments change when they are stepped, and many cannot be copied. A moment can be stored, copied and stepped
    repeatedly. It passes its running environment to the first moment after it; later ones replay the seed and the
    actions, which gives the same state. Only the thread that steps may call `after`.

    Args:
        env_id: Id of the environment.
        seed: Random seed of the reset.
        shape: Shape of the observations.

    Attributes:
        history: The actions of its game, before and after this moment.
        observation: The observation.
        told: Gymnasium's `info`.

    Raises:
        GameError: The environment fails.
    """

    def __init__(self, env_id: str, seed: int, shape: tuple[int, ...]) -> None:
        self.env_id, self.seed, self.shape = env_id, seed, shape
        self.history = ActionHistory()  # shared by all moments of a game; each stores how many actions precede it
        self._length = 0
        self._living: Living | None = Living(env_id)
        observation, self.told = self._living.reset(seed)
        self.observation: Array = self._living.observed(0, observation, shape)

    @property
    def actions(self) -> list[Any]:
        """The actions since the reset."""
        return list(self.history[: self._length])

    def after(self, action: Any) -> tuple["Moment", float, bool, bool]:
        """Return the next moment, its reward, and whether it is terminated or truncated.

        Raises:
            GameError: The environment fails.
        """
        living, self._living = self._living, None
        if living is None:
            living = Living(self.env_id)
            self.compare(living, replay(living, self.seed, self.actions))
        number = self._length + 1
        observation, reward, terminated, truncated, told = living.step(action, number)
        following = object.__new__(Moment)
        following.env_id, following.seed, following.shape = self.env_id, self.seed, self.shape
        following.history = self.history if len(self.history) == self._length else ActionHistory(self.actions)
        following.history.append(action)
        following._length, following._living, following.told = number, living, told
        following.observation = living.observed(number, observation, self.shape)
        return following, reward, terminated, truncated

    def compare(self, living: Living, observation: Any) -> None:
        """Queue a message for the user if a replay of the same seed and actions gave another observation."""
        if not np.array_equal(living.observed(self._length, observation, self.shape), self.observation):
            note(
                f"{living.name}: the same seed and actions do not lead to the same game: pictures may show another one"
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Moment):
            return NotImplemented
        return (self.env_id, self.seed, self.actions) == (other.env_id, other.seed, other.actions)

    def __hash__(self) -> int:
        return hash((self.env_id, self.seed, self._length))


def replay(living: Living, seed: int, actions: list[Any]) -> Any:
    """Reset an environment with a seed and replay some actions; returns the last observation."""
    observation = living.reset(seed)[0]
    for number, action in enumerate(actions, 1):
        observation = living.step(action, number)[0]
    return observation
