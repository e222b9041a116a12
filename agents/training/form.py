"""The form that is filled in before a training run: typed text, checked at every change. Nothing is drawn here.

The form has three kinds of fields: settings of the game, hyper-parameters, and settings of the run itself.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from agents.config import Config
from agents.presets import default_observation, preset, preset_names
from agents.storage.profile import Profile, check_name
from agents.storage.resume import ResumePoint
from agents.training.plan import Plan, further
from agents.training.typed_plan import NetworkError, typed_plan
from games.game import Game
from games.registry import make
from games.seeds import GREATEST_SEED
from games.settings import Setting, setting, settings_of

GAME, RUN = "Game", "This run"

_CONVOLUTIONS = ("filters", "kernels", "strides")
_NETWORK = ("network", "filters", "kernels", "strides", "hidden", "duelling")


@dataclass(frozen=True)
class RunSettings:
    """The settings of a run other than its hyper-parameters."""

    name: str = setting("Agent", help="Name under which the agent is saved.")
    seed: int = setting(
        0, low=0, high=GREATEST_SEED, help="Random seed: the same seed and settings repeat a run on the same machine."
    )
    until_solved: bool = setting(False, help="End the run as soon as an evaluation solves the game.")
    device: str = setting(
        "auto", choices=("auto", "cpu", "gpu"), help="Device for learning; auto measures the fastest."
    )


@dataclass(frozen=True)
class FormField:
    """One line of the form.

    Attributes:
        group: The heading above it.
        setting: Its name, range and help.
        default: The text that counts as unchanged: the value of the preset or of the game.
    """

    group: str
    setting: Setting
    default: str

    @property
    def key(self) -> str:
        """The field's unique name. Settings of the game get the prefix `game.`, since a game may choose any names."""
        return f"game.{self.setting.name}" if self.group == GAME else self.setting.name


class TrainingForm:
    """The choices for one run of one game.

    Args:
        game_id: The game's id.
        start: A profile to train further; its game, observation and network are kept.
        device: The default of the field `device`.

    Raises:
        ValueError: The profile's game is not installed or refuses its settings.
    """

    def __init__(self, game_id: str, start: Profile | None = None, device: str = "auto") -> None:
        self.game_id, self.start = game_id, start
        self._device = device
        self.game: Game = start.game() if start else make(game_id)
        self.observation = start.observation if start else default_observation(self.game)
        self.preset = start.preset if start else preset_names(self.game, self.observation)[0]
        self.base = further(start) if start else preset(self.game, self.observation, self.preset)
        self.point: ResumePoint | None = None  # the point from which the run of `start` can be resumed exactly
        self.exact = False  # whether to resume it there
        self._texts: dict[str, str] = {}  # typed texts by field name, without unchanged fields
        self._checked: tuple[Any, dict[str, str]] = None, {}  # the choices checked last, and their problems
        self._default_name = start.name if start else f"{self.game.info.title} agent"

    def propose_name(self, name: str) -> None:
        """Change the default of the agent's name."""
        self._default_name = name

    def offer_exact(self, point: ResumePoint) -> None:
        """Offer to resume the run of `start` exactly where it stopped, and choose this; `exact` holds the choice."""
        self.point, self.exact = point, True

    @property
    def observations(self) -> tuple[str, ...]:
        """The kinds of observation that may be chosen."""
        return (self.observation,) if self.start else self.game.info.kinds

    @property
    def presets(self) -> tuple[str, ...]:
        """The presets that may be chosen; none if a profile is trained further, which keeps its own settings."""
        return () if self.start else preset_names(self.game, self.observation)

    def choose_observation(self, kind: str) -> None:
        """Choose a kind of observation, which has its own presets; typed hyper-parameters are discarded."""
        self.observation = kind
        names = preset_names(self.game, kind)
        self.choose_preset(self.preset if self.preset in names else names[0])

    def choose_preset(self, name: str) -> None:
        """Choose a preset; typed hyper-parameters are discarded."""
        self.preset, self.base = name, preset(self.game, self.observation, name)
        hyper_parameters = settings_of(Config)
        self._texts = {key: text for key, text in self._texts.items() if key not in hyper_parameters}

    def fields(self) -> tuple[FormField, ...]:
        """Every field in the order of the form."""
        return (*self._run_fields(), *self._game_fields(), *self._config_fields())

    def text(self, field: FormField) -> str:
        """Return the text that the field shows."""
        return self._texts.get(field.key, field.default)

    def put(self, field: FormField, text: str) -> None:
        """Set the typed text of a field; the text of the default counts as unchanged."""
        if text == field.default:
            self._texts.pop(field.key, None)
        else:
            self._texts[field.key] = text

    def applies(self, field: FormField) -> bool:
        """Whether the field has an effect: a dense network has no convolutions."""
        return field.key not in _CONVOLUTIONS or self._texts.get("network", self.base.network) == "conv"

    def changed(self, field: FormField) -> bool:
        """Whether the field differs from its default."""
        if field.key not in self._texts or not self.applies(field):
            return False
        try:
            return bool(field.setting.parse(self._texts[field.key]) != field.setting.parse(field.default))
        except ValueError:
            return True

    def parse(self, field: FormField, text: str) -> Any:
        """Return the value that a text stands for.

        Raises:
            ValueError: The text is not allowed.
        """
        value = field.setting.parse(text)
        return check_name(value) if field.key == "name" else value

    def problem(self, field: FormField) -> str:
        """Return why the run cannot start with this field's text, or "" if it can."""
        return self._problems().get(field.key, "")

    def problems(self) -> tuple[str, ...]:
        """Return all problems that keep the run from starting, one line each."""
        return tuple(dict.fromkeys(self._problems().values()))

    def plan(self) -> Plan:
        """Return the plan of the run that the form describes.

        Raises:
            ValueError: The text of a field is not allowed, or the values do not fit each other.
        """
        if self.start and self.point and self.exact:
            return Plan.going_on(self.start, self.point, device=self._device)
        custom = any(self.changed(field) for field in self._config_fields())
        plan = typed_plan(
            self.game_id,
            self._applied(self._game_fields()),
            self._applied(self._config_fields()),
            start=self.start,
            observation=self.observation,
            preset_name="" if self.start else self.preset,
            **{each.setting.name: self.parse(each, self.text(each)) for each in self._run_fields()},
        )
        return replace(plan, preset="") if custom else plan

    def _applied(self, fields: tuple[FormField, ...]) -> dict[str, str]:
        """Return the texts of the fields that have an effect, by the names of their settings."""
        return {each.setting.name: self.text(each) for each in fields if self.applies(each)}

    def _problems(self) -> dict[str, str]:
        """Return the problems by the keys of their fields; problems of the whole run have the key ""."""
        choices = self.observation, self.preset, self.exact, tuple(sorted(self._texts.items()))
        if self._checked[0] != choices:
            self._checked = choices, self._wrong_texts() or self._wrong_together()
        return self._checked[1]

    def _wrong_texts(self) -> dict[str, str]:
        problems = {}
        for field in self.fields():
            if field.key in self._texts and self.applies(field):
                try:
                    self.parse(field, self.text(field))
                except ValueError as error:
                    problems[field.key] = str(error)
        return problems

    def _wrong_together(self) -> dict[str, str]:
        """Return the problems of texts that are allowed one by one but do not fit each other."""
        fields = [field for field in self.fields() if self.applies(field)]
        try:
            self.plan()
        except NetworkError as error:
            network = [field for field in fields if field.key in _NETWORK]
            return {field.key: str(error) for field in network if self.changed(field)} or {"": str(error)}
        except ValueError as error:
            named = [field.key for field in fields if re.match(rf"{field.setting.name}( =|:)", str(error))]
            return dict.fromkeys(named or [""], str(error))
        return {}

    def _run_fields(self) -> tuple[FormField, ...]:
        values = {"name": self._default_name, "device": self._device}
        return tuple(
            FormField(RUN, each, values.get(name) or each.format(each.default))
            for name, each in settings_of(RunSettings).items()
        )

    def _game_fields(self) -> tuple[FormField, ...]:
        known = {} if self.start else settings_of(type(self.game))
        return tuple(FormField(GAME, each, each.format(each.default)) for each in known.values())

    def _config_fields(self) -> tuple[FormField, ...]:
        # The weights of an agent that is trained further fit one network only.
        return tuple(
            FormField(each.group, each, each.format(getattr(self.base, name)))
            for name, each in settings_of(Config).items()
            if not (self.start and name in _NETWORK)
        )
