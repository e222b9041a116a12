"""The exact solution of NChain: optimal action values, and the average reward of a policy.

Both use transitions found by trying every action in every state of the rules without slips.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from games.nchain.rules import NChain, NChainState

Table = NDArray[np.float64]
"""[S, A] a number for each state and action."""

_CLOSE = 1e-9


def optimal_values(game: NChain, discount: float) -> Table:
    """[S, 2] the optimal action values, by value iteration (Bellman 1957).

    Args:
        game: The rules.
        discount: Discount factor, 0 to below 1; close to 1 it takes long.

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
    """Return the long-run average reward per step of a policy.

    Args:
        game: The rules.
        actions: [S] the action of the policy in each state.
    """
    rewards, following = _moves(game)
    states = np.arange(game.states)
    chances = np.zeros((game.states, game.states))  # [from, to]
    earned = np.zeros(game.states)
    for carried_out, chance in ((actions, 1 - game.slip), (1 - actions, game.slip)):
        chances[states, following[states, carried_out]] += chance
        earned += chance * rewards[states, carried_out]
    visits = np.zeros(game.states)
    visits[0] = 1.0  # the initial state, which matters if parts of the chain are never left
    mixed = (chances + np.eye(game.states)) / 2  # has the same stationary distribution, but does not oscillate
    for _ in range(14):
        mixed = mixed @ mixed
    return float(visits @ mixed @ earned)


def _moves(game: NChain) -> tuple[Table, NDArray[np.int64]]:
    """Return two arrays [S, 2]: the reward and the next state of each action without a slip."""
    steady = dataclasses.replace(game, slip=0.0)
    rewards = np.zeros((game.states, 2))
    following = np.zeros((game.states, 2), np.int64)
    for action in (0, 1):
        count = game.states
        state = NChainState(np.arange(count), np.zeros(count), np.zeros(count, np.int64), np.zeros(count, np.bool_))
        outcome = steady.step(state, np.full(count, action), np.random.default_rng(0))
        rewards[:, action], following[:, action] = outcome.reward, state.position
    return rewards, following
