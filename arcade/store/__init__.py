"""The person's own files: folders, preferences, scores and records."""
