"""The widgets of a training form: cards for its choices, fields and steppers for its settings."""

from collections.abc import Callable

from agents.presets import DESCRIPTIONS, preset
from agents.training.form import FormField, TrainingForm
from arcade.ui.choice_card import ChoiceCard
from arcade.ui.fields import Stepper, TextField
from arcade.ui.observation_view import describe

FieldWidget = TextField | Stepper[str]


def observation_card(form: TrainingForm, kind: str, choose: Callable[[str], None]) -> ChoiceCard:
    """Makes a card for an observation kind."""
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
    """Makes a card for a preset, with its purpose, its frames and the size of its network."""
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


def exact_card(form: TrainingForm, exact: bool, choose: Callable[[bool], None]) -> ChoiceCard:
    """Makes a card for one of the two ways to train an agent further: exactly, or from its weights."""
    if exact:
        done = f"{form.point.frames:,} game frames" if form.point else "its frames"
        title, lines = (
            "Resume the run",
            ["The same agent with its replay memory", f"Continues exactly after {done}"],
        )
    else:
        title, lines = (
            "Start from its weights",
            ["A new agent with an empty replay memory", "You can change every setting"],
        )
    return ChoiceCard(title, lines, lambda: choose(exact), chosen=exact == form.exact, accent=form.game.info.accent)


def field_widget(form: TrainingForm, field: FormField) -> FieldWidget:
    """Makes a stepper for a setting with choices, else a text field; a dot marks a value other than the default."""
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
