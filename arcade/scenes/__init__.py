"""The screens of the arcade, one module each."""
