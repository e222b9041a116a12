"""The NChain lab, a page for each way to look at Q-learning."""
