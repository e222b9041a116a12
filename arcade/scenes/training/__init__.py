"""Setting a training up, and its dashboard."""
