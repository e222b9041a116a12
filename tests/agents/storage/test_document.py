"""The border of the fields: ranges that all of the program can show, and messages that name the field."""

from dataclasses import replace
from typing import Any

import pytest

from agents.acting.architecture import MAX_PREVIEW_WORK, MAX_WORK, Architecture, Convolution
from agents.errors import DamagedProfileError, ProfileError
from agents.presets import PRESETS, preset, preset_names
from agents.storage.container import pack, unpack
from agents.storage.document import FIELDS, check_limits
from agents.storage.profile import check_name, from_bytes, to_bytes
from agents.training.plan import further
from games.registry import make
from tests.agents.storage.profiles import make_profile

PROFILE = make_profile()
CARD = PROFILE.scorecard
NETWORK = PROFILE.architecture.to_dict()


def crafted(**changes: Any) -> bytes:
    """An agent whose document says something else, sealed as if it were true."""
    return pack(unpack(to_bytes(PROFILE))[0] | changes, PROFILE.weights)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"curve": [[1.0]]}, "curve = [[1.0]]: in this list, each must be frames and a score"),
        ({"curve": [[]]}, "each must be frames and a score"),
        ({"curve": [[1.0, 2.0, 3.0]]}, "each must be frames and a score"),
        ({"curve": [[2**53, 1.0]]}, "each must be a number from 0 to 1e+12"),
        ({"curve": [[-1, 1.0]]}, "each must be a number from 0 to 1e+12"),
        ({"curve": [[1, 1.7e308]]}, "each must be a number from -1e+15 to 1e+15"),
        ({"scorecard": {**CARD, "mean": 1e308}}, "mean = 1e+308: must be a number from -1e+15 to 1e+15"),
        ({"scorecard": {**CARD, "episodes": 0}}, "episodes = 0: must be a number from 1 to"),
        ({"scorecard": {**CARD, "epsilon": 1.5}}, "epsilon = 1.5: must be a number from 0 to 1"),
        ({"scorecard": {**CARD, "ci95": -1}}, "ci95 = -1: must be"),
        ({"scorecard": {**CARD, "mean": None}}, "mean = None: must be"),
        ({"frames": 2**53}, "frames = 9007199254740992: must be a whole number from 0 to 1000000000000"),
        ({"updates": 10**12 + 1}, "updates = 1000000000001: must be"),
        ({"seconds": 1e308}, "seconds = 1e+308: must be a number from 0 to 1e+09"),
        ({"seconds": -1}, "seconds = -1: must be"),
        ({"rules_version": 10**18}, "rules_version = "),
        ({"changed": "0001-01-01T00:00:00+00:00"}, "must be a time of the years 1970 to 9998"),
        ({"created": "9999-12-31T23:59:59-23:59"}, "must be a time of the years"),
        ({"parent": 0}, "parent = 0: must be 32 hexadecimal digits"),
        ({"parent": []}, "parent = []: must be 32 hexadecimal digits"),
        ({"game_id": "gym:this:X-v0"}, "game_id = 'gym:this:X-v0': must be the plain id of a game"),
        ({"game_id": "this:X"}, "must be the plain id of a game"),
        ({"game_id": "gym:../x"}, "must be the plain id of a game"),
        ({"game_id": "x; touch x"}, "must be the plain id of a game"),
        ({"game_settings": {"x" * 65: 1}}, "the name of a game setting = "),
        ({"game_settings": {"states": 1e300}}, "states = 1e+300: must be a number"),
        ({"game_settings": {"a": [[[[[[1]]]]]]}}, "a = [[[[[[1]]]]]]: in this list, each"),
        ({"architecture": {**NETWORK, "actions": 70_000}}, "actions = 70000: must be a whole number from 1 to 1024"),
        (
            {"architecture": {**NETWORK, "hidden": [0]}},
            "hidden = [0]: in this list, each must be a whole number from 1",
        ),
        ({"architecture": {**NETWORK, "hidden": [1] * 17}}, "must be a list of at most 16"),
        (
            {"architecture": {**NETWORK, "input_shape": [4, 24, 24, 3]}},
            "input_shape = [4, 24, 24, 3]: must be a list of",
        ),
        (
            {"architecture": {**NETWORK, "convolutions": [[1, 2]]}},
            "convolutions = [[1, 2]]: in this list, each must be",
        ),
        ({"architecture": {**NETWORK, "hidden": [7]}}, "its hyper-parameters describe another network than it has"),
        ({"config": {"x" * 65: 1}}, "the name of a hyper-parameter = "),
        ({"config": {**PROFILE.config.to_dict(), "hidden": [[1]]}}, "hidden = [[1]]"),
        ({"preset": "\x1b[2J"}, "preset = '\\x1b[2J': must be a text of at most 64 printable characters"),
        ({"\x1b[2J\nX": 1}, "unknown or missing: '\\x1b[2J\\nX'"),
        ({f"key {number}": 1 for number in range(40)}, "and 35 more"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DamagedProfileError) as caught:
        from_bytes(crafted(**changes))
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "changes",
    [
        {"curve": [[0, 0], [10**12, -1e15], [5, 5e-324], [5, 5e-324]]},
        {"scorecard": dict.fromkeys(CARD, 1) | {"mean": 1e15, "ci95": 0, "episodes": 10**7}},
        {"scorecard": {}},
        {"frames": 10**12, "updates": 10**12, "seconds": 1e9, "seed": 2**53},
        {"game_id": "gym:ALE/Pong-v5"},
        {"game_id": "a-game_of.mine"},
        {"game_id": "gym:Змея-v0"},
        {"name": "\ufe0f"},  # printable for Python: earlier versions saved it
        {"name": "shake \U0001fae8", "preset": "\u0378"},  # letters that this Python may not know
        {"name": "\u0301" * 64, "device": "\u3164"},
    ],
)
def test_what_earlier_versions_saved_is_read(changes: dict[str, Any]) -> None:
    agent = from_bytes(crafted(**changes))
    further(agent)
    assert replace(from_bytes(to_bytes(agent)), weights=agent.weights) == agent


def test_times_are_kept_in_utc_so_that_they_compare_as_texts() -> None:
    assert from_bytes(crafted(changed="2026-11-28T09:30:00+05:30")).changed == "2026-11-28T04:00:00+00:00"
    assert from_bytes(crafted(changed="2026-11-28")).changed == "2026-11-28T00:00:00+00:00"


@pytest.mark.parametrize(
    "name", ["\ufe0f", "a\u034fb", "\u202egpj", "\u0301a", "\u2800", "\u3164", "a\u200bb", "\ud800"]
)
def test_new_names_can_be_seen(name: str) -> None:
    with pytest.raises(ProfileError, match="printable characters"):
        check_name(name)


@pytest.mark.parametrize("name", ["Змея", "e\u0301", "中文", "a b", "snake 🐍", "\U0001fae8"])
def test_new_names_may_be_of_any_language(name: str) -> None:
    assert check_name(name) == name


# Networks


HEAVY = (
    Architecture(
        (1024, 1024), True, (Convolution(1, 60, 4),), (), 2
    ),  # 200 million numbers cut out for 15 KB of weights
    Architecture((80, 80, 4), True, (Convolution(512, 1, 1), Convolution(1, 30, 1)), (), 2),
    Architecture((80, 80, 4), True, (Convolution(512, 4, 1), Convolution(512, 5, 1), Convolution(1, 1, 1)), (), 2),
    Architecture((1024, 1024), True, (Convolution(512, 1, 1), Convolution(1, 8, 8)), (), 1),
)


@pytest.mark.parametrize("network", HEAVY)
def test_networks_that_take_too_long_are_refused_before_they_are_trained(network: Architecture) -> None:
    with pytest.raises(ValueError, match="the network's work is"):
        check_limits(network)


def test_networks_of_all_presets_are_light() -> None:
    for game_id in sorted({game_id for game_id, _ in PRESETS}):
        game = make(game_id)
        for kind in game.info.kinds:
            for name in preset_names(game, kind):
                config = preset(game, kind, name)
                network = Architecture.of(config, game.info.observation(kind), len(game.info.actions))
                check_limits(network)
                assert network.work < MAX_PREVIEW_WORK, (game_id, kind, name)


@pytest.mark.parametrize(
    "network",
    [
        Architecture((80, 80, 4), True, (Convolution(512, 16, 1), Convolution(64, 4, 4)), (), 4),
        Architecture((84, 84, 4), True, (*(Convolution(64, 3, 1),) * 4, Convolution(64, 4, 4)), (), 18),
        Architecture((210, 160, 3), True, (Convolution(64, 8, 4), Convolution(128, 4, 2)), (8,), 18),
        Architecture((2000,), False, (), (4096, 1024, 1024), 8),
    ],
)
def test_large_networks_may_still_be_trained(network: Architecture) -> None:
    check_limits(network)
    assert network.work < MAX_WORK


def test_the_work_of_a_network_is_its_multiplications_and_what_it_moves() -> None:
    assert Architecture((10,), False, (), (100,), 3).work == 10 * 100 + 100 * 3 + 128 * 10
    picture = Architecture((5, 5), False, (Convolution(2, 3, 2),), (), 3, duelling=True)
    assert picture.patch_sizes() == [2 * 2 * 9]
    assert picture.work == 4 * 9 * 2 + 8 * (1 + 3) + 128 * (36 + 25 + 25 + 8)


def test_what_was_checked_before_is_known_by_its_kinds_too() -> None:
    """1, 1.0 and True are equal, but only one of them is what a field asks for."""
    config = make_profile().config.to_dict()
    assert FIELDS["config"](config) is FIELDS["config"](dict(config))
    for wrong in (float(config["batch_size"]), True):
        with pytest.raises(ValueError, match="batch_size"):
            FIELDS["config"](config | {"batch_size": wrong})
