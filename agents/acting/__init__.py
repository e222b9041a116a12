"""Acting: architectures, policies in NumPy alone, exploration, evaluation and saliency."""
