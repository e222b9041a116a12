"""Input: maps keyboard, mouse and gamepads to the same abstract buttons."""
