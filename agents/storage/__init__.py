"""Storage: agents, their runs and their snapshots as files that survive crashes and are checked before use."""
