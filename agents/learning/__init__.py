"""Learning: replay, targets, networks and updates. TensorFlow lives here."""
