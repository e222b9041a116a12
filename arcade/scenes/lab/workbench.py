"""What all pages of the lab work on: the chain and the parameters as set now, and the truth about them."""

from agents.nchain.tables import Parameters
from games.nchain.optimum import Table, average_reward, optimal_values
from games.nchain.rules import NChain


class Workbench:
    """The chain, the parameters, the true values and what the best policy earns.

    Args:
        game: The chain.
        parameters: How tables learn.
    """

    def __init__(self, game: NChain, parameters: Parameters) -> None:
        self.optimal: Table
        self.set(game, parameters)

    def set(self, game: NChain, parameters: Parameters) -> None:
        """Work on another chain or with other parameters."""
        self.game, self.parameters = game, parameters
        self.optimal = optimal_values(game, parameters.discount)
        self.best_reward = average_reward(game, self.optimal.argmax(axis=1))
