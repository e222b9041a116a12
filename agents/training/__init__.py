"""Training: a run from its plan to its saved agent."""
