"""Sound: synthesised effects and music, and their playback."""
