"""Learning: replay, targets, networks and updates. Only this package imports TensorFlow."""
