from agents.nchain.tables import Parameters
from arcade.input.controls import Button, Press
from arcade.scenes.lab.dials import EPISODE, Dials
from games.nchain.rules import NChain


def test_they_begin_at_the_standards() -> None:
    dials = Dials((1, 2, 3), lambda: None)
    assert dials.game == NChain()
    assert dials.parameters == Parameters(episode=EPISODE)
    assert not any(stepper.changed for stepper in dials.widgets)
    assert all(stepper.message for stepper in dials.widgets)


def test_a_turn_is_told_and_read() -> None:
    told: list[int] = []
    dials = Dials((1, 2, 3), lambda: told.append(1))
    dials.widgets[0].handle(Press(Button.RIGHT))
    assert dials.game == NChain(states=6) and told == [1]
    dials.widgets[-1].handle(Press(Button.LEFT))
    assert dials.parameters.discount == 0.9


def test_every_choice_is_allowed() -> None:
    dials = Dials((1, 2, 3), lambda: None)
    for stepper in dials.widgets:
        for _ in stepper.choices:
            stepper.handle(Press(Button.RIGHT))
            assert dials.game and dials.parameters
