"""Training of a Keras model of one's own, as `agents.agent.Agent` does it."""
