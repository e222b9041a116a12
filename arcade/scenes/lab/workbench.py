"""The chain and the parameters that all pages of the lab share, and their true values."""

from agents.nchain.tables import Parameters
from games.nchain.optimum import Table, average_reward, optimal_values
from games.nchain.rules import NChain


class Workbench:
    """The chain, the parameters, the true values and the best policy's reward per step.

    Args:
        game: The chain.
        parameters: The parameters of learning.
    """

    def __init__(self, game: NChain, parameters: Parameters) -> None:
        self.optimal: Table
        self.set(game, parameters)

    def set(self, game: NChain, parameters: Parameters) -> None:
        """Changes chain and parameters, and computes the true values of the new chain."""
        self.game, self.parameters = game, parameters
        self.optimal = optimal_values(game, parameters.discount)
        self.best_reward = average_reward(game, self.optimal.argmax(axis=1))
