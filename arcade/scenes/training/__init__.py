"""The training set-up and the dashboard."""
