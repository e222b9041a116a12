"""The range of random seeds."""

GREATEST_SEED = 2**31 - 1
"""The largest signed 32-bit integer, which every generator accepts, also in environments written in C.

The smallest seed is 0. Agents saved with a larger seed can still be loaded, and their runs continue with it.
"""
