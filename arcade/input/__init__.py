"""Input: keys, mouse and gamepads become the same abstract buttons."""
