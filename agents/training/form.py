"""The form before a training run: typed text, checked at every change. No drawing.

The form knows three kinds of fields: settings of the game, hyper-parameters, and those of the run itself.
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
    """The settings of a run beside its hyper-parameters."""

    name: str = setting("Agent", help="The name under which the agent is saved.")
    seed: int = setting(
        0, low=0, high=GREATEST_SEED, help="The same seed and settings give the same run on one machine."
    )
    until_solved: bool = setting(False, help="End as soon as the game counts as solved.")
    device: str = setting("auto", choices=("auto", "cpu", "gpu"), help="Auto measures which is faster.")


@dataclass(frozen=True)
class FormField:
    """One line of the form.

    Attributes:
        group: The heading it stands under.
        setting: Its name, range and help.
        default: The text that counts as unchanged: the preset's value, or the game's own.
    """

    group: str
    setting: Setting
    default: str

    @property
    def key(self) -> str:
        """The field's name in the form, as on the command line: a game may call its settings what it likes."""
        return f"game.{self.setting.name}" if self.group == GAME else self.setting.name


class TrainingForm:
    """The choices for one run of one game.

    Args:
        game_id: Which game.
        start: A profile to train further; its game, observation and network are kept.
        device: Where to learn unless the form says otherwise.

    Raises:
        ValueError: The profile's game is not there or refuses its settings.
    """

    def __init__(self, game_id: str, start: Profile | None = None, device: str = "auto") -> None:
        self.game_id, self.start = game_id, start
        self._device = device
        self.game: Game = start.game() if start else make(game_id)
        self.observation = start.observation if start else default_observation(self.game)
        self.preset = start.preset if start else preset_names(self.game, self.observation)[0]
        self.base = further(start) if start else preset(self.game, self.observation, self.preset)
        self.point: ResumePoint | None = None  # where the run of `start` can go on exactly
        self.exact = False  # whether it shall
        self._texts: dict[str, str] = {}  # what was typed, by field name; unchanged fields are not in it
        self._judged: tuple[Any, dict[str, str]] = None, {}  # the choices last looked at, and what is wrong with them
        self._own_name = start.name if start else f"{self.game.info.title} agent"

    def propose_name(self, name: str) -> None:
        """Offer another name for the agent."""
        self._own_name = name

    def offer_exact(self, point: ResumePoint) -> None:
        """Take it that the run of `start` goes on exactly where it stopped; `exact` tells if the person agrees."""
        self.point, self.exact = point, True

    @property
    def observations(self) -> tuple[str, ...]:
        """The kinds of observation that may be chosen."""
        return (self.observation,) if self.start else self.game.info.kinds

    @property
    def presets(self) -> tuple[str, ...]:
        """The presets that may be chosen; none when a profile goes on with its own settings."""
        return () if self.start else preset_names(self.game, self.observation)

    def choose_observation(self, kind: str) -> None:
        """Take another observation kind with its own presets; hyper-parameters that were typed are forgotten."""
        self.observation = kind
        names = preset_names(self.game, kind)
        self.choose_preset(self.preset if self.preset in names else names[0])

    def choose_preset(self, name: str) -> None:
        """Take the values of a preset; hyper-parameters that were typed before are forgotten."""
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
        """Take typed text; going back to the default's text counts as unchanged."""
        if text == field.default:
            self._texts.pop(field.key, None)
        else:
            self._texts[field.key] = text

    def applies(self, field: FormField) -> bool:
        """Whether the field matters: a dense network has no convolutions."""
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
        """The value of a text.

        Raises:
            ValueError: The text is not allowed.
        """
        value = field.setting.parse(text)
        return check_name(value) if field.key == "name" else value

    def problem(self, field: FormField) -> str:
        """Return why the run cannot start with the field's text, "" if it can."""
        return self._problems().get(field.key, "")

    def problems(self) -> tuple[str, ...]:
        """Everything that keeps the run from starting, each in one line."""
        return tuple(dict.fromkeys(self._problems().values()))

    def plan(self) -> Plan:
        """The run that is asked for.

        Raises:
            ValueError: A field's text is not allowed, or the values do not go together.
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
        """Return the texts of the fields that matter, by the names of their settings."""
        return {each.setting.name: self.text(each) for each in fields if self.applies(each)}

    def _problems(self) -> dict[str, str]:
        """Return what is wrong by the keys of the fields it concerns; "" stands for the run as a whole."""
        choices = self.observation, self.preset, self.exact, tuple(sorted(self._texts.items()))
        if self._judged[0] != choices:
            self._judged = choices, self._wrong_texts() or self._wrong_together()
        return self._judged[1]

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
        """Return why texts that are allowed each on its own make no run."""
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
        values = {"name": self._own_name, "device": self._device}
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
