"""The list of the built-in games. It imports nothing, so that help texts can name them at once."""

BUILT_IN = {
    "catch": "games.catch.rules:Catch",
    "snake": "games.snake.rules:Snake",
    "cartpole": "games.cartpole.rules:CartPole",
    "flappybird": "games.flappybird.rules:FlappyBird",
    "nchain": "games.nchain.rules:NChain",
}
"""Game id to the path of its class."""
