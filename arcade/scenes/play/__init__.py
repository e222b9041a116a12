"""Playing, watching and racing."""
