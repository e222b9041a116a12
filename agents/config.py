"""Every hyper-parameter of an agent: name, default, allowed range and one sentence of advice.

`Config` is one frozen dataclass so that presets, forms, the command line and profiles all speak of the same names.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from games.settings import check_settings, setting, settings_of


@dataclass(frozen=True)
class Config:
    """Hyper-parameters. Frames are counted over all copies, so the number of copies does not change the learning."""

    network: str = setting(
        "dense",
        group="Network",
        choices=("dense", "conv"),
        help="Dense layers for short observations; convolutions first for pictures.",
    )
    filters: tuple[int, ...] = setting(
        (16, 32),
        group="Network",
        low=1,
        high=512,
        help="Filters of each convolution. Raise them if a pixel agent stops improving.",
    )
    kernels: tuple[int, ...] = setting(
        (8, 4), group="Network", low=1, high=16, help="Kernel width of each convolution."
    )
    strides: tuple[int, ...] = setting((4, 2), group="Network", low=1, high=8, help="Stride of each convolution.")
    hidden: tuple[int, ...] = setting(
        (128, 128),
        group="Network",
        low=1,
        high=4096,
        help="Units of each dense layer. Raise them if scores stop growing early.",
    )
    duelling: bool = setting(
        False,
        group="Network",
        help="Learn state value and action advantage apart; helps where most actions do not matter.",
    )

    double: bool = setting(
        True, group="Targets", help="Let one network choose and the other value; avoids rosy estimates."
    )
    discount: float = setting(
        0.98,
        group="Targets",
        low=0.0,
        high=0.9999,
        help="Worth of a reward one step later. Raise it if the agent is short-sighted.",
    )
    n_step: int = setting(
        1,
        group="Targets",
        low=1,
        high=20,
        help="Rewards summed before trusting an estimate. Raise it if rewards come late.",
    )
    loss: str = setting(
        "huber",
        group="Targets",
        choices=("huber", "squared"),
        help="Huber forgives outliers, rare failures too; squared counts all.",
    )
    target_interval: int = setting(
        256,
        group="Targets",
        low=1,
        high=100_000,
        help="Updates between copies to the target network. Raise it if scores swing.",
    )
    target_mix: float = setting(
        1.0,
        group="Targets",
        low=0.0001,
        high=1.0,
        help="Part of the new weights in each copy; below 1 the target moves softly.",
    )
    advantage_learning: float = setting(
        0.0,
        group="Targets",
        low=0.0,
        high=0.99,
        help="Advantage learning: part of (best Q − Q of the action) taken off its target. Raise it if play wavers.",
    )

    optimizer: str = setting(
        "adam", group="Optimiser", choices=("adam", "rmsprop", "sgd"), help="Adam suits nearly everything."
    )
    learning_rate: float = setting(
        1e-3,
        group="Optimiser",
        low=1e-7,
        high=1.0,
        help="Size of a step. Raise it if learning is slow, lower it if scores swing.",
    )
    final_learning_rate: float = setting(
        1e-4, group="Optimiser", low=1e-8, high=1.0, help="Where the learning rate ends."
    )
    learning_rate_updates: int = setting(
        80_000,
        group="Optimiser",
        low=0,
        high=100_000_000,
        help="Updates over which it falls. Raise it if learning freezes; 0 is never.",
    )
    gradient_clip: float = setting(
        10.0,
        group="Optimiser",
        low=0.0,
        high=1_000.0,
        help="Longest gradient allowed; 0 is any. Lower it if the loss explodes.",
    )
    batch_size: int = setting(
        64, group="Optimiser", low=1, high=4096, help="Transitions in one update. Raise it for calmer, slower learning."
    )
    averaging: float = setting(
        0.0,
        group="Optimiser",
        low=0.0,
        high=0.99999,
        help="Decay of the moving average of weights used for acting; 0 is off. Raise it if scores swing.",
    )

    replay: int = setting(
        50_000,
        group="Replay",
        low=100,
        high=5_000_000,
        help="Transitions remembered. Raise it if the agent forgets; costs memory.",
    )
    learning_starts: int = setting(
        1_000, group="Replay", low=1, high=1_000_000, help="Frames seen before the first update."
    )
    prioritised: bool = setting(
        False, group="Replay", help="Replay surprising transitions more often; helps when rewards are rare."
    )
    priority_exponent: float = setting(
        0.6, group="Replay", low=0.0, high=1.0, help="How strongly surprise counts; 0 is not at all."
    )
    importance_exponent: float = setting(
        0.4,
        group="Replay",
        low=0.0,
        high=1.0,
        help="Starting correction for prioritised replay; it grows to 1 over the run.",
    )
    shift: int = setting(
        0,
        group="Replay",
        low=0,
        high=16,
        help="Most pixels that replayed pictures are moved. Raise it if a pixel agent misjudges edges.",
    )

    epsilon_start: float = setting(
        1.0, group="Exploration", low=0.0, high=1.0, help="Epsilon at the start: part of random moves."
    )
    epsilon_end: float = setting(
        0.02,
        group="Exploration",
        low=0.0,
        high=1.0,
        help="Part of random moves in the end. Raise it if the agent never finds better ways.",
    )
    epsilon_frames: int = setting(
        20_000,
        group="Exploration",
        low=1,
        high=1_000_000_000,
        help="Frames over which random moves fade. Raise it if it settles too soon.",
    )
    epsilon_schedule: str = setting(
        "linear", group="Exploration", choices=("linear", "exponential"), help="How random moves fade."
    )
    exploration_hold: int = setting(
        1,
        group="Exploration",
        low=1,
        high=1_000,
        help="Most frames a random move is held. Raise it if single random moves lead nowhere.",
    )
    rewind: float = setting(
        0.0,
        group="Exploration",
        low=0.0,
        high=0.95,
        help="Part of the copies that go on from shortly before losses, again and again. Practises what is hard.",
    )

    frames: int = setting(
        200_000,
        group="Length and speed",
        low=100,
        high=10_000_000_000,
        help="Length of the run in game frames over all copies.",
    )
    copies: int = setting(
        16, group="Length and speed", low=1, high=4096, help="Games played at once. More is faster, not different."
    )
    frames_per_update: float = setting(
        4.0,
        group="Length and speed",
        low=0.05,
        high=10_000.0,
        help="Game frames per update. Lower it to learn more from each frame.",
    )
    compile_mode: str = setting(
        "auto",
        group="Length and speed",
        choices=("auto", "XLA", "graph"),
        help="Compile mode of the updates; auto measures which is faster here.",
    )
    updates_per_call: int = setting(
        16,
        group="Length and speed",
        low=1,
        high=4096,
        help="Updates in one compiled call. More is faster, but acts on older weights.",
    )
    evaluation_interval: int = setting(
        20_000, group="Length and speed", low=100, high=1_000_000_000, help="Frames between fixed-seed evaluations."
    )
    evaluation_episodes: int = setting(
        20, group="Length and speed", low=1, high=10_000, help="Games in each evaluation during training."
    )
    evaluation_limit: int = setting(
        0,
        group="Length and speed",
        low=0,
        high=1_000_000,
        help="Steps after which an evaluation game in training is cut; 0 is the game's own.",
    )
    scorecard_episodes: int = setting(
        100,
        group="Length and speed",
        low=1,
        high=10_000,
        help="Games in the scorecard at the end, at least as many as solved asks for.",
    )
    finalists: int = setting(
        1,
        group="Length and speed",
        low=1,
        high=9,
        help="Best policies that the scorecard at the end decides between; more find a better one.",
    )
    goal: float = setting(
        0.0,
        group="Length and speed",
        low=0.0,
        high=1e9,
        help="The run ends once that many games average this score; 0 is never.",
    )
    guard: bool = setting(
        True,
        group="Length and speed",
        help="Go back to the best policy when the play falls below half its score after exploration has ended.",
    )

    def __post_init__(self) -> None:
        check_settings(self)
        if not len(self.filters) == len(self.kernels) == len(self.strides):
            raise ValueError(
                f"kernels = {self.kernels!r}: filters, kernels and strides must have one number per convolution"
            )
        if self.network == "conv" and not self.filters:
            raise ValueError("filters = (): a convolutional network needs at least one convolution")
        if self.replay < self.batch_size:
            raise ValueError(f"replay = {self.replay}: must be at least batch_size = {self.batch_size}")

    def replace(self, **changes: Any) -> "Config":
        """The same configuration with some values changed, checked again."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a profile's metadata; `from_dict` turns them back."""
        return {name: list(v) if isinstance(v := getattr(self, name), tuple) else v for name in settings_of(Config)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Config":
        """The configuration that `to_dict` described.

        Raises:
            ValueError: A name is unknown or a value is not allowed.
        """
        known = settings_of(cls)
        for name in values:
            if name not in known:
                raise ValueError(f"unknown setting {name!r}: must be one of {', '.join(known)}")
        lists = {name: tuple(values[name]) for name in _LISTS if isinstance(values.get(name), list)}
        return cls(**(values | lists))


_LISTS = tuple(name for name, described in settings_of(Config).items() if described.many)
