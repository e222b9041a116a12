"""The widgets of a training form: cards for its choices, fields and steppers for its settings."""

from collections.abc import Callable

from agents.presets import DESCRIPTIONS, preset
from arcade.choice_card import ChoiceCard
from arcade.eye import describe
from arcade.fields import Field as TextField
from arcade.fields import Stepper
from arcade.training_form import Field, TrainingForm

FieldWidget = TextField | Stepper[str]


def observation_card(form: TrainingForm, kind: str, choose: Callable[[str], None]) -> ChoiceCard:
    """A card for an observation kind."""
    info = form.game.info
    words = describe(info.observation(kind))
    best = ". Learns best." if kind == info.kinds[0] else ""
    return ChoiceCard(
        kind.capitalize(),
        [f"{words[0].upper()}{words[1:]}{best}"],
        lambda: choose(kind),
        chosen=kind == form.observation,
        accent=info.accent,
    )


def preset_card(form: TrainingForm, name: str, choose: Callable[[str], None]) -> ChoiceCard:
    """A card for a preset: what it is for, how long it runs, how large its network is."""
    config = preset(form.game, form.observation, name)
    network = "-".join(str(units) for units in config.hidden)
    if config.network == "conv":
        network = f"{len(config.filters)} convolutions, {network}"
    return ChoiceCard(
        name.capitalize(),
        [DESCRIPTIONS.get(name, ""), f"{config.frames:,} game frames, network {network}"],
        lambda: choose(name),
        chosen=name == form.preset,
        accent=form.game.info.accent,
    )


def field_widget(form: TrainingForm, field: Field) -> FieldWidget:
    """A stepper for choices, a line of text for everything else; a dot marks what differs from the default."""
    setting, accent = field.setting, form.game.info.accent
    label, text = setting.name.replace("_", " ").capitalize(), form.text(field)
    choices = ("false", "true") if setting.type is bool else setting.choices
    if choices:
        return Stepper(label, choices, text, text=_word, help=setting.help, standard=field.default, accent=accent)
    return TextField(
        label,
        text,
        lambda typed: form.parse(field, typed),
        help=f"{setting.help} Allowed: {setting.allowed}.",
        standard=field.default,
        accent=accent,
    )


def _word(value: str) -> str:
    return {"false": "no", "true": "yes"}.get(value, value)
