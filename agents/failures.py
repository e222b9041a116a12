"""Why something failed, in one line for people."""

from agents.files import reason

_LONGEST = 300  # characters; native libraries fill pages


def in_words(error: BaseException) -> str:
    """Why something failed: in the words of those who wrote the message for people, or else with its kind before it."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # the latter is TensorFlow's
        return _short(f"not enough memory: {error}".removesuffix(": "))
    if isinstance(error, OSError) and error.strerror:
        return _short(f"{error.filename}: {reason(error)}" if error.filename else reason(error))
    if isinstance(error, OSError | ValueError):
        return _short(str(error) or type(error).__name__)
    return _short(f"{type(error).__name__}: {error}".removesuffix(": "))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2]} …"
