"""Training of a script's own Keras model: the parts of `agents.agent.Agent`."""
