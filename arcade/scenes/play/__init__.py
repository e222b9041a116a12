"""The play screen, with a mode each for playing, watching and racing."""
