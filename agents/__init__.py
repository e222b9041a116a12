"""Deep Q-learning: one composed DQN, its training loop, and the profiles people save.

TensorFlow is imported only inside the modules that build or update networks, and only when they are used.
"""
