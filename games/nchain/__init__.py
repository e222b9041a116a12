"""NChain: a small reward now, or a large one at the end of a slippery chain."""
