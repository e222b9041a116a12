"""Crafted agents with a valid seal: files that are whole, and say in some place what no file of ours would say.

The generator knows how a file is built. It takes a true agent and changes one to three things in it - a field, a number
within a field, the network with the arrays that belong to it, the weights, the text itself - and seals it anew.
"""

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from agents.acting.architecture import Architecture, Convolution
from agents.config import Config
from agents.errors import StorageError
from agents.storage.container import Tensors, pack, unpack
from agents.storage.document import FIELDS, SCORES
from agents.storage.profile import Profile, to_bytes
from games.registry import make
from games.settings import settings_of
from games.words import STEERING
from tests.agents.storage.profiles import make_profile

NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 7, 100, 255, 1024, 1025, 65_536, 65_537, 10**6, 2**31, 2**32, 10**10, 10**12, 10**12 + 1, 2**53,
    2**53 + 1, 2**63 - 1, 10**18, -(2**53), -(10**18), 0.0, -0.0, 0.5, 1.5, 1e-7, 1e-9, 5e-324, -5e-324, 1e-300, 1e9,
    1e15, 1.0000000000000002e15, -1e15, 1e18, 3.4e38, 1e100, 1.7e308, -1.7e308, 1e308,
)  # fmt: skip
"""Usual ones, the ends of ranges here and there, and what floats can just hold."""

LETTERS = (
    "\0", "\a", "\b", "\t", "\n", "\r", "\x1b", "\x7f", "\x9b", "\x85", "\xa0", "\xad", "\u0301", "\u034f", "\u0489",
    "\u061c", "\u115f", "\u17b4", "\u180b", "\u180e", "\u200b", "\u200d", "\u200e", "\u2028", "\u202e", "\u2066",
    "\u2800", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\ufff9", "\uffff", "\ue000", "\ud800", "\udfff", "\u0627",
    "\u05d0", "\u0915", "\u4e2d", "\u0e49", "\U0001f40d", "\U0001fae8", "\U0001f1e6", "\U000e0041", "\U0010ffff",
    "\u0378", "\u1add", "'", '"', "`", "$", ";", "&", "|", "%", "{", "}", "\\", "/", ":", "*", "<", ">",
)  # fmt: skip

TEXTS: tuple[str, ...] = (
    "", " ", "x", "x" * 64, "x" * 65, "x" * 200, "x" * 201, "x" * 5_000, "../../escape", "/etc/passwd", "CON", "-",
    "--help", "None", "true",
    "%s%n", "{0.__class__}", "{}", "$(touch escape)", "`touch escape`", "x; touch escape", "<b>x</b>", "[red]x[/red]",
    "\x1b[2J\x1b[31mgone", "\x1b]52;c;eA==\x07", "\u202egpj.tnega", "a" + "\u0301" * 60, "nan", "inf", "1e999",
    "__import__('os').system('touch escape')", "this:Zen", "os:path", "a\nb", "ﷺ" * 16,
)  # fmt: skip

GAME_IDS = (
    "gym:this:X-v0", "gym:antigravity:X-v0", "gym:os:path", "gym:a/b:C-v0", "gym:", "gym:gym:CartPole-v1", "gym:../x",
    "gym:NoSuch-v0", "gym:no/Such-v0", "this", "os.path", "games.catch.rules:Catch", "CATCH", "catch ",
    "snake", "cartpole", "flappybird", "nchain", "catch", "unknown", "gym:" + "x" * 60, "gym:Змея-v0", "", ":", "a:b",
)  # fmt: skip

TIMES = (
    "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+23:59", "1969-12-31T23:59:59",
    "2999-01-01T00:00:00+00:00", "2026-11-28", "2026-W48-6", "20261128T093000", "2026-11-28T09:30:00.123456+05:30",
    "2026-02-30T00:00:00", "yesterday", "", "1e9", "2026-11-28T09:30:00+99:99", "9998-12-31T23:00:00-20:00",
)  # fmt: skip

Document = dict[str, Any]
Change = Callable[["Crafter", Document, dict[str, Any]], None]


def bases() -> list[Profile]:
    """True agents of several games, one of which has convolutions."""
    catch = make("catch")
    config = Config(network="conv", filters=(4, 4), kernels=(3, 2), strides=(2, 1), hidden=(8,), duelling=True)
    network = Architecture.of(config, catch.info.observation("pixels"), len(catch.info.actions))
    weights = {name: np.ones(shape, np.float32) / 64 for name, shape in network.shapes().items()}
    pixels: dict[str, Any] = {"observation": "pixels", "config": config, "architecture": network, "weights": weights}
    return [
        *(make_profile("Base", game_id=game_id, id="0" * 32) for game_id in ("cartpole", "catch", "snake", "nchain")),
        make_profile("Base", game_id="catch", id="0" * 32, **pixels),
    ]


class Crafter:
    """Makes crafted agents; the same seed makes the same ones.

    Args:
        seed: Seeds all choices.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.bases = [to_bytes(each) for each in bases()]

    def make(self) -> tuple[str, bytes]:
        """What was done to an agent, and its file."""
        document, arrays = unpack(self.rng.choice(self.bases))
        told = []
        for _ in range(self.rng.choice((1, 1, 1, 1, 2, 3))):
            change = self.rng.choice(CHANGES)
            told.append(change.__name__.strip("_"))
            change(self, document, arrays)
        edit = self.rng.choice(EDITS) if self.rng.random() < 0.1 else str
        return ", ".join(told), seal(document, arrays, edit)

    def number(self) -> Any:
        """A number as files may hold it."""
        return self.rng.choice(NUMBERS) if self.rng.random() < 0.8 else self.rng.uniform(-1e6, 1e6)

    def score(self) -> Any:
        """A number that may be a score, most often."""
        number = self.number()
        return number if self.rng.random() < 0.1 else max(-1e15, min(1e15, number))

    def text(self) -> str:
        """Words, some of them of letters that nobody sees, or that are too new for the font."""
        if self.rng.random() < 0.3:
            return self.rng.choice(TEXTS)
        letters = LETTERS if self.rng.random() < 0.3 else tuple(each for each in LETTERS if not STEERING.match(each))
        text = "".join(self.rng.choice(letters) for _ in range(self.rng.choice((1, 1, 2, 5, 40))))
        return text if self.rng.random() < 0.5 else f"Pat{text}"

    def value(self, depth: int = 3) -> Any:
        """Anything that JSON can say."""
        kind = self.rng.randrange(8 if depth else 5)
        if kind < 2:
            return self.number()
        if kind < 4:
            return self.text()
        if kind == 4:
            return self.rng.choice((None, True, False))
        length = self.rng.choice((0, 1, 2, 3, 65, 201))
        if kind < 7:
            return [self.value(depth - 1) for _ in range(min(length, 4))] * (1 + length // 16)
        return {self.text(): self.value(depth - 1) for _ in range(min(length, 4))}

    def near(self, value: Any) -> Any:
        """Something of the kind of a value, most often."""
        if self.rng.random() < 0.25:
            return self.value()
        if isinstance(value, str):
            return self.text()
        if isinstance(value, list):
            changed = [self.near(item) if self.rng.random() < 0.4 else item for item in value]
            return changed[: self.rng.choice((0, 1, 2, None, None))] * self.rng.choice((1, 1, 1, 2, 40))
        return self.number()


def seal(document: Document, arrays: Tensors, edit: Callable[[str], str] = str) -> bytes:
    """A file with this document and these arrays, whose text was edited before it was sealed."""
    data = pack({}, arrays)
    stop = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:stop])
    sums = json.loads(header["__metadata__"]["profile"])["sha256"]
    text = edit(json.dumps({"seal": "", "sha256": sums, **document}))
    text = text.replace('"seal": ""', f'"seal": "{hashlib.sha256(text.encode()).hexdigest()}"', 1)
    header["__metadata__"]["profile"] = text
    found = json.dumps(header).encode()
    found += b" " * (-len(found) % 8)
    return len(found).to_bytes(8, "little") + found + data[stop:]


def _field(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    name = crafter.rng.choice(sorted(FIELDS))
    document[name] = crafter.near(document.get(name))


def _any_value(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    document[crafter.rng.choice([*sorted(document), *sorted(FIELDS)])] = crafter.value()


def _missing_or_more(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    if crafter.rng.random() < 0.5:
        document.pop(crafter.rng.choice(sorted(FIELDS)), None)
    else:
        document[crafter.text()] = crafter.value()


def _name(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    for name in crafter.rng.sample(("name", "preset", "observation", "device", "command", "app_version"), 2):
        document[name] = crafter.text()


def _game(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    document["game_id"] = crafter.rng.choice(GAME_IDS)


def _game_settings(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    names = ("game_id", "self", "cls", "states", "slip", "grid", "episodes", "__class__", crafter.text())
    document["game_settings"] = {
        crafter.rng.choice(names): crafter.value() for _ in range(crafter.rng.choice((1, 2, 64)))
    }


def _hyper_parameter(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    config = document.get("config")
    if not isinstance(config, dict):
        return
    for name in crafter.rng.sample(sorted(settings_of(Config)), crafter.rng.choice((1, 2, 3))):
        found = settings_of(Config)[name]
        config[name] = crafter.rng.choice((found.low, found.high, *found.choices, crafter.near(config.get(name))))
    if crafter.rng.random() < 0.2:
        config[crafter.text()] = crafter.value()


def _curve(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    count = crafter.rng.choice((1, 2, 3, 199, 200, 201))
    document["curve"] = [[min(1e12, abs(crafter.number())), crafter.score()] for _ in range(count)]
    if crafter.rng.random() < 0.5:
        document["curve"] = [[x, max(-1e15, min(1e15, y))] for x, y in sorted(document["curve"])]
    elif crafter.rng.random() < 0.5:
        document["curve"][-1] = crafter.rng.choice(([], [1.0], [1.0, 2.0, 3.0], None, "", {}, ["1", 2], [True, 1]))


def _scorecard(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    card = {name: 1.0 for name in SCORES}
    for name in crafter.rng.sample(SCORES, 3):
        card[name] = abs(crafter.score()) if crafter.rng.random() < 0.9 else crafter.number()
    if crafter.rng.random() < 0.5:
        card |= dict.fromkeys(("mean", "max", "mean_epsilon"), 1e15)
    if crafter.rng.random() < 0.2:
        card.pop(crafter.rng.choice(SCORES))
    document["scorecard"] = card


def _time(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    document[crafter.rng.choice(("created", "changed"))] = crafter.rng.choice(TIMES)


def _length(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    names = crafter.rng.sample(("frames", "updates", "seconds", "seed", "rules_version"), 3)
    document |= {name: crafter.rng.choice((0, 1, 10**6, 10**9, 10**12, crafter.number())) for name in names}


def _identity(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    document["id"] = crafter.rng.choice(("0" * 32, "f" * 32, "../" + "0" * 29, "0" * 31 + "g", crafter.value()))
    document["parent"] = crafter.rng.choice(("", document["id"], 0, False, None, [], {}))


def _weights(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    largest = crafter.rng.choice((3.4e38, 1e30, 1e20, 1e10, 1e-45, 0.0, float("nan"), float("inf")))
    signs = np.random.default_rng(crafter.rng.randrange(2**32))
    for name, values in arrays.items():
        if crafter.rng.random() < 0.7:
            arrays[name] = np.full(values.shape, largest, np.float32) * signs.choice((-1, 1), values.shape)
            arrays[name] = arrays[name].astype(np.float32)


def _network(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    """A network of other numbers, with the arrays and hyper-parameters that belong to it if it is one."""
    rng, told = crafter.rng, unpack(crafter.rng.choice(crafter.bases))[0]["architecture"]
    shape = (
        tuple(told["input_shape"]) if rng.random() < 0.7 else tuple(rng.choice((1, 80, 1024, 4096)) for _ in range(3))
    )
    sizes = (1, 2, 3, 8, 16, 30, 64)
    layers = tuple(Convolution(rng.choice((1, 4, 64, 512)), rng.choice(sizes), rng.choice(sizes[:4])) for _ in range(2))
    layers = layers[: rng.choice((0, 1, 2))] if len(shape) > 1 else ()
    hidden = tuple(rng.choice((1, 8, 256, 2048)) for _ in range(rng.choice((0, 1, 2, 16))))
    network = Architecture(shape, told["byte_input"], layers, hidden, told["actions"], rng.random() < 0.5)
    try:
        shapes = network.shapes()
    except ValueError:
        shapes = {}
    document["architecture"] = network.to_dict()
    if isinstance(document.get("config"), dict):
        document["config"] |= {"network": network.to_dict()["kind"], "hidden": hidden, "duelling": network.duelling}
        if layers:
            names = {"filters": "filters", "kernels": "kernel", "strides": "stride"}
            document["config"] |= {key: [getattr(layer, name) for layer in layers] for key, name in names.items()}
    if 0 < 4 * sum(map(np.prod, shapes.values())) < 8 * 2**20:
        arrays.clear()
        arrays |= {name: np.ones(sides, np.float32) / 64 for name, sides in shapes.items()}


def _network_number(crafter: Crafter, document: Document, arrays: dict[str, Any]) -> None:
    if document.get("architecture") and isinstance(document["architecture"], dict):
        name = crafter.rng.choice(sorted(document["architecture"]))
        document["architecture"][name] = crafter.near(document["architecture"][name])


CHANGES: tuple[Change, ...] = (
    _field, _any_value, _missing_or_more, _name, _name, _game, _game_settings, _hyper_parameter, _curve, _curve,
    _scorecard, _scorecard, _time, _length, _length, _identity, _weights, _weights, _network, _network, _network_number,
)  # fmt: skip

EDITS: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("1.0", "1e999", 1),
    lambda text: text.replace("1.0", "NaN", 1),
    lambda text: text.replace("12000", "9" * 5_000, 1),
    lambda text: text.replace("12000", "12000.0", 1),
    lambda text: text.replace("12000", "-0", 1),
    lambda text: text.replace('"Base"', '"\\ud800"', 1),
    lambda text: text.replace('"Base"', '"\\u0000"', 1),
    lambda text: text.replace('"name"', '"name": "twice", "name"', 1),
    lambda text: text.replace('"game_settings": {', '"game_settings": {"a": ' + "[" * 5_000 + "]" * 5_000 + ", ", 1),
    lambda text: text + " " * 70_000,
    lambda text: text.replace(": ", ":\n"),
)
"""What may be done to the text of a document."""


def problem_of(error: StorageError) -> str:
    """What is wrong with the words of a refusal; "" if nothing is."""
    text = str(error)
    if not 0 < len(text) <= 700:
        return f"{len(text)} letters"
    return f"it steers the terminal: {text!r}" if STEERING.search(text) else ""
