"""Games in play: rounds, the controllers that choose actions, the pictures and films of rounds."""
