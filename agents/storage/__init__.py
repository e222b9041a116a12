"""Storage: agents, their runs and their earlier selves as files that survive crashes and distrust strangers."""
