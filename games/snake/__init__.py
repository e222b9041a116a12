"""Snake: eat fruit and grow, without running into a wall or yourself."""
