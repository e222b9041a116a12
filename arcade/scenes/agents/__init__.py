"""The list of agents, their history, and their comparison."""
