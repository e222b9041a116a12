"""The exact solution of NChain: the value of every action, and the income of a policy in the long run.

Both are read off the rules themselves, by trying every action in every state with the slip switched off.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from games.nchain.rules import NChain, NChainState

Table = NDArray[np.float64]
"""[S, A] a number for every action in every state."""

_CLOSE = 1e-9


def optimal_values(game: NChain, discount: float) -> Table:
    """[S, 2] the value of each action in each state when the best ones follow, by value iteration (Bellman 1957).

    Args:
        game: The rules.
        discount: Worth of a reward one step later, 0 to below 1; near 1 it takes long.

    Raises:
        ValueError: The discount is not in that range.
    """
    if not 0.0 <= discount < 1.0:
        raise ValueError(f"discount = {discount!r}: must be a number from 0 to below 1")
    rewards, following = _moves(game)
    values = np.zeros_like(rewards)
    while True:
        carried_out = rewards + discount * values.max(axis=1)[following]
        updated: Table = (1 - game.slip) * carried_out + game.slip * carried_out[:, ::-1]
        if np.abs(updated - values).max() < _CLOSE:
            return updated
        values = updated


def average_reward(game: NChain, actions: NDArray[np.int64]) -> float:
    """The reward a step that a policy earns in the long run.

    Args:
        game: The rules.
        actions: [S] what the policy does in each state.
    """
    rewards, following = _moves(game)
    states = np.arange(game.states)
    chances = np.zeros((game.states, game.states))  # [from, to]
    earned = np.zeros(game.states)
    for carried_out, chance in ((actions, 1 - game.slip), (1 - actions, game.slip)):
        chances[states, following[states, carried_out]] += chance
        earned += chance * rewards[states, carried_out]
    visits = np.zeros(game.states)
    visits[0] = 1.0  # one starts there; it matters where parts of the chain are never left
    mixed = (chances + np.eye(game.states)) / 2  # visits the same states as often, and never swings to and fro
    for _ in range(14):
        mixed = mixed @ mixed
    return float(visits @ mixed @ earned)


def _moves(game: NChain) -> tuple[Table, NDArray[np.int64]]:
    """[S, 2] the reward of each action that is carried out, and the state it leads to."""
    steady = dataclasses.replace(game, slip=0.0)
    rewards = np.zeros((game.states, 2))
    following = np.zeros((game.states, 2), np.int64)
    for action in (0, 1):
        count = game.states
        state = NChainState(np.arange(count), np.zeros(count), np.zeros(count, np.int64), np.zeros(count, np.bool_))
        outcome = steady.step(state, np.full(count, action), np.random.default_rng(0))
        rewards[:, action], following[:, action] = outcome.reward, state.position
    return rewards, following
