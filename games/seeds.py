"""The range of the seeds that people give and that environments are started with."""

GREATEST_SEED = 2**31 - 1
"""The greatest whole number of 32 bits with a sign: every generator takes it, also those of environments written in C.

Seeds begin at 0. Agents that were saved with a greater one load as before, and their runs go on with it.
"""
