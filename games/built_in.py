"""The only list of the games that come with the arcade. It loads nothing, so that help texts can name them at once."""

BUILT_IN = {
    "catch": "games.catch.rules:Catch",
    "snake": "games.snake.rules:Snake",
    "cartpole": "games.cartpole.rules:CartPole",
    "flappybird": "games.flappybird.rules:FlappyBird",
    "nchain": "games.nchain.rules:NChain",
}
"""The id of each game and its class."""
