"""The NChain lab: pages that show Q-learning step by step."""
