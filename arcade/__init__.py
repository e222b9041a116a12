"""The window and the command line. TensorFlow is never imported here."""
