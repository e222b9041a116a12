"""Schedules of a run: epsilon decay, learning rate decay, and the importance exponent of prioritised replay."""

from agents.config import Config


def linear(start: float, end: float, part: float) -> float:
    """The value a part (0 … 1) of the way from start to end, in a straight line; beyond the way it stays."""
    return start + (end - start) * min(max(part, 0.0), 1.0)


def exponential(start: float, end: float, part: float) -> float:
    """The same by a constant factor; ends that are zero are taken as 1e-6, which no game can tell from it."""
    start, end = max(start, 1e-6), max(end, 1e-6)
    value = float(start * (end / start) ** min(max(part, 0.0), 1.0))
    return min(max(value, min(start, end)), max(start, end))  # rounding may lead beyond the ends


def epsilon_at(config: Config, frames: int) -> float:
    """Epsilon decay: the part of random moves after that many frames."""
    curve = exponential if config.epsilon_schedule == "exponential" else linear
    return curve(config.epsilon_start, config.epsilon_end, frames / config.epsilon_frames)


def learning_rate_at(config: Config, updates: int) -> float:
    """Learning rate after that many updates; it falls by a constant factor, and never where the fall takes 0."""
    if config.learning_rate_updates == 0:
        return config.learning_rate
    return exponential(config.learning_rate, config.final_learning_rate, updates / config.learning_rate_updates)


def importance_at(config: Config, part: float) -> float:
    """Exponent of the importance weights of prioritised replay, growing to 1 over the run (Schaul et al. 2016)."""
    return linear(config.importance_exponent, 1.0, part)
