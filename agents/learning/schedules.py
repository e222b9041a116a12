"""Schedules of a run: epsilon decay, learning rate decay, and the importance exponent of prioritised replay."""

from agents.config import Config


def linear(start: float, end: float, part: float) -> float:
    """Interpolate linearly between start and end by `part`, which is clipped to 0 … 1."""
    return start + (end - start) * min(max(part, 0.0), 1.0)


def exponential(start: float, end: float, part: float) -> float:
    """Interpolate exponentially between start and end by `part`, which is clipped to 0 … 1; 0 counts as 1e-6."""
    start, end = max(start, 1e-6), max(end, 1e-6)
    value = float(start * (end / start) ** min(max(part, 0.0), 1.0))
    return min(max(value, min(start, end)), max(start, end))  # rounding may exceed the ends


def epsilon_at(config: Config, frames: int) -> float:
    """Return epsilon after some frames."""
    curve = exponential if config.epsilon_schedule == "exponential" else linear
    return curve(config.epsilon_start, config.epsilon_end, frames / config.epsilon_frames)


def learning_rate_at(config: Config, updates: int) -> float:
    """Return the learning rate after some updates; it decays exponentially, or not at all over 0 updates."""
    if config.learning_rate_updates == 0:
        return config.learning_rate
    return exponential(config.learning_rate, config.final_learning_rate, updates / config.learning_rate_updates)


def importance_at(config: Config, part: float) -> float:
    """Return the exponent of the importance weights after `part` of a run; it grows to 1 (Schaul et al. 2016)."""
    return linear(config.importance_exponent, 1.0, part)
