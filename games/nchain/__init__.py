"""NChain: patience on a slippery chain."""
