"""Every hyper-parameter of an agent: name, default, allowed range and one sentence of advice.

`Config` is one frozen dataclass, so presets, forms, the command line and profiles all use the same names.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from games.settings import check_settings, setting, settings_of


@dataclass(frozen=True)
class Config:
    """Hyper-parameters. Frames are counted over all copies of a game, so their number does not change the learning."""

    network: str = setting(
        "dense",
        group="Network",
        choices=("dense", "conv"),
        help="Dense layers for short observations, convolutions followed by dense layers for pictures.",
    )
    filters: tuple[int, ...] = setting(
        (16, 32),
        group="Network",
        low=1,
        high=512,
        help="Filters in each convolution. Raise them if a pixel agent stops improving.",
    )
    kernels: tuple[int, ...] = setting(
        (8, 4), group="Network", low=1, high=16, help="Width and height of each convolution's kernel, in pixels."
    )
    strides: tuple[int, ...] = setting((4, 2), group="Network", low=1, high=8, help="Stride of each convolution.")
    hidden: tuple[int, ...] = setting(
        (128, 128),
        group="Network",
        low=1,
        high=4096,
        help="Units in each dense layer. Raise them if scores stop growing early.",
    )
    duelling: bool = setting(
        False,
        group="Network",
        help="Duelling network: separate outputs for state value and advantages. Helps if actions rarely matter.",
    )

    double: bool = setting(
        True,
        group="Targets",
        help="Double DQN: one network picks the next action, the other rates it. Avoids overestimates.",
    )
    discount: float = setting(
        0.98,
        group="Targets",
        low=0.0,
        high=0.9999,
        help="Factor on a reward for each step it lies ahead. Raise it if the agent is short-sighted.",
    )
    n_step: int = setting(
        1,
        group="Targets",
        low=1,
        high=20,
        help="Rewards summed in each target before the network's estimate. Raise it if rewards come late.",
    )
    loss: str = setting(
        "huber",
        group="Targets",
        choices=("huber", "squared"),
        help="Huber limits the effect of outliers, rare failures among them; squared weighs large errors fully.",
    )
    target_interval: int = setting(
        256,
        group="Targets",
        low=1,
        high=100_000,
        help="Updates between two copies of the weights to the target network. Raise it if scores swing.",
    )
    target_mix: float = setting(
        1.0,
        group="Targets",
        low=0.0001,
        high=1.0,
        help="Share of new weights in each copy to the target network. Below 1 it changes gradually.",
    )
    advantage_learning: float = setting(
        0.0,
        group="Targets",
        low=0.0,
        high=0.99,
        help="Advantage learning: fraction of (best Q − Q of the action) subtracted from the target; 0 is off.",
    )

    optimizer: str = setting(
        "adam",
        group="Optimiser",
        choices=("adam", "rmsprop", "sgd"),
        help="Rule for updating the weights. Adam suits nearly everything.",
    )
    learning_rate: float = setting(
        1e-3,
        group="Optimiser",
        low=1e-7,
        high=1.0,
        help="Step size of an update at first. Raise it if learning is slow, lower it if scores swing.",
    )
    final_learning_rate: float = setting(
        1e-4, group="Optimiser", low=1e-8, high=1.0, help="Learning rate at the end of its decay."
    )
    learning_rate_updates: int = setting(
        80_000,
        group="Optimiser",
        low=0,
        high=100_000_000,
        help="Updates over which the learning rate decays; 0 keeps it. Raise it if learning stalls.",
    )
    gradient_clip: float = setting(
        10.0,
        group="Optimiser",
        low=0.0,
        high=1_000.0,
        help="Largest norm of the gradient; 0 sets no limit. Lower it if the loss explodes.",
    )
    batch_size: int = setting(
        64,
        group="Optimiser",
        low=1,
        high=4096,
        help="Transitions in one update. Raise it for steadier but slower learning.",
    )
    averaging: float = setting(
        0.0,
        group="Optimiser",
        low=0.0,
        high=0.99999,
        help="Decay of the moving average of weights for acting, e.g. 0.995; 0 is off. Raise it if scores swing.",
    )

    replay: int = setting(
        50_000,
        group="Replay",
        low=100,
        high=5_000_000,
        help="Transitions kept in the replay memory. Raise it if the agent forgets; it takes more memory.",
    )
    learning_starts: int = setting(
        1_000, group="Replay", low=1, high=1_000_000, help="Game frames collected before the first update."
    )
    prioritised: bool = setting(
        False,
        group="Replay",
        help="Prioritised replay: draw transitions with large errors more often. Helps if rewards are rare.",
    )
    priority_exponent: float = setting(
        0.6,
        group="Replay",
        low=0.0,
        high=1.0,
        help="Strength of the priorities in prioritised replay; 0 draws all transitions equally often.",
    )
    importance_exponent: float = setting(
        0.4,
        group="Replay",
        low=0.0,
        high=1.0,
        help="First exponent of the importance weights in prioritised replay; it grows to 1 over the run.",
    )
    shift: int = setting(
        0,
        group="Replay",
        low=0,
        high=16,
        help="Most pixels of a replayed picture's shift; 0 is off. Raise it if a pixel agent misjudges edges.",
    )

    epsilon_start: float = setting(
        1.0, group="Exploration", low=0.0, high=1.0, help="Epsilon, the share of random moves, at the start."
    )
    epsilon_end: float = setting(
        0.02,
        group="Exploration",
        low=0.0,
        high=1.0,
        help="Epsilon after its decay. Raise it if the agent never finds anything better.",
    )
    epsilon_frames: int = setting(
        20_000,
        group="Exploration",
        low=1,
        high=1_000_000_000,
        help="Frames over which epsilon decays. Raise it if the agent settles too soon.",
    )
    epsilon_schedule: str = setting(
        "linear", group="Exploration", choices=("linear", "exponential"), help="Shape of epsilon's decay."
    )
    exploration_hold: int = setting(
        1,
        group="Exploration",
        low=1,
        high=1_000,
        help="Most frames for which a random move is repeated. Raise it if single random moves lead nowhere.",
    )
    rewind: float = setting(
        0.0,
        group="Exploration",
        low=0.0,
        high=0.95,
        help="Share of copies that restart shortly before a loss, to practise hard situations; 0 is off.",
    )

    frames: int = setting(
        200_000,
        group="Length and speed",
        low=100,
        high=10_000_000_000,
        help="Length of the run in game frames, counted over all copies.",
    )
    copies: int = setting(
        16,
        group="Length and speed",
        low=1,
        high=4096,
        help="Copies of the game played at once. More make the run faster but do not change the learning.",
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
        help="Compile mode of TensorFlow's updates; auto measures which is faster here.",
    )
    updates_per_call: int = setting(
        16,
        group="Length and speed",
        low=1,
        high=4096,
        help="Updates in one compiled call. More is faster, but the agent acts on older weights.",
    )
    evaluation_interval: int = setting(
        20_000,
        group="Length and speed",
        low=100,
        high=1_000_000_000,
        help="Game frames between two evaluations. All of them play the same games.",
    )
    evaluation_episodes: int = setting(
        20, group="Length and speed", low=1, high=10_000, help="Games in each evaluation during training."
    )
    evaluation_limit: int = setting(
        0,
        group="Length and speed",
        low=0,
        high=1_000_000,
        help="Most steps in a game of these evaluations; 0 takes the game's own limit.",
    )
    scorecard_episodes: int = setting(
        100,
        group="Length and speed",
        low=1,
        high=10_000,
        help="Games in the final scorecard; never fewer than the game needs to count as solved.",
    )
    finalists: int = setting(
        1,
        group="Length and speed",
        low=1,
        high=9,
        help="Best policies that the final evaluation compares. More take longer but find a better one.",
    )
    goal: float = setting(
        0.0,
        group="Length and speed",
        low=0.0,
        high=1e9,
        help="Mean score at which the run ends early, over as many games as solving takes; 0 is off.",
    )
    guard: bool = setting(
        True,
        group="Length and speed",
        help="Restore the best policy if the score falls below half of its score once epsilon has decayed.",
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
        """Return the same configuration with some values changed, checked again."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a profile's metadata; `from_dict` turns them back."""
        return {name: list(v) if isinstance(v := getattr(self, name), tuple) else v for name in settings_of(Config)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Config":
        """Return the configuration that `to_dict` described.

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
