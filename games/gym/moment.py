"""One Gymnasium environment at one moment, as a value that never changes."""

from typing import Any

import numpy as np

from games.border import note
from games.game import Array
from games.gym.living import Living


class ActionHistory(list[Any]):
    """The actions of one game. Moments hold it, so it is there as long as anybody can go on with that game."""


class Moment:
    """An environment after a seed and some actions.

    Environments change when they are stepped, and many cannot be copied; a moment can be kept, copied and stepped from
    again and again. It hands its living environment on to the first moment that follows; whoever comes later plays
    the same seed and actions once more, which leads to the same place. Only the thread that steps may call `after`.

    Args:
        env_id: The environment.
        seed: Of its reset.
        shape: Of its observations.

    Attributes:
        history: The actions of its game, whether before this moment or after.
        observation: What it gives to see.
        told: What it tells besides, Gymnasium's `info`.

    Raises:
        GameError: The environment fails.
    """

    def __init__(self, env_id: str, seed: int, shape: tuple[int, ...]) -> None:
        self.env_id, self.seed, self.shape = env_id, seed, shape
        self.history = ActionHistory()  # shared by the moments of one line; each knows how much of it is its own
        self._length = 0
        self._living: Living | None = Living(env_id)
        observation, self.told = self._living.reset(seed)
        self.observation: Array = self._living.observed(0, observation, shape)

    @property
    def actions(self) -> list[Any]:
        """The actions since the reset."""
        return list(self.history[: self._length])

    def after(self, action: Any) -> tuple["Moment", float, bool, bool]:
        """The next moment, its reward, and whether it is terminated or truncated.

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
        """Note it if playing the same seed and actions again has led elsewhere."""
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
    """Bring an environment to where a seed and some actions lead; returns what it gives to see there."""
    observation = living.reset(seed)[0]
    for number, action in enumerate(actions, 1):
        observation = living.step(action, number)[0]
    return observation
