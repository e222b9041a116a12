from itertools import groupby

import pytest

from agents.config import Config
from games.settings import settings_of


def test_every_hyper_parameter_explains_itself() -> None:
    for described in settings_of(Config).values():
        assert described.help.endswith("."), described.name
        described.check(described.default)


def test_hyper_parameters_stand_in_groups_each_under_one_heading() -> None:
    groups = [group for group, _ in groupby(each.group for each in settings_of(Config).values())]
    assert groups == ["Network", "Targets", "Optimiser", "Replay", "Exploration", "Length and speed"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate = 0.0: must be a number from 1e-07 to 1"),
        ({"learning_rate": float("nan")}, "learning_rate = nan"),
        ({"batch_size": 2.5}, "batch_size = 2.5: must be a whole number"),
        ({"double": 1}, "double = 1: must be true or false"),
        ({"network": "transformer"}, "network = 'transformer': must be one of dense, conv"),
        ({"hidden": (128, 0)}, "hidden = (128, 0)"),
        ({"kernels": (8,)}, "kernels = (8,): filters, kernels and strides"),
        ({"replay": 100, "batch_size": 128}, "replay = 100: must be at least batch_size = 128"),
        ({"network": "conv", "filters": (), "kernels": (), "strides": ()}, "filters = ()"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Config(**changes)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


def test_plain_values_round_trip() -> None:
    config = Config(hidden=(12, 34), learning_rate=0.123, prioritised=True)
    assert Config.from_dict(config.to_dict()) == config


def test_unknown_plain_values_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown setting 'momentum'"):
        Config.from_dict({"momentum": 1})
