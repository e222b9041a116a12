"""Snake: eat, grow, do not bite."""
