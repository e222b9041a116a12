"""Asks, when the arcade is opened, whether to go on with training that was cut off."""

from dataclasses import dataclass

from agents.errors import StorageError
from agents.storage.library import Library
from agents.storage.profile import Profile
from agents.storage.resume import ResumePoint
from agents.training.plan import Plan
from arcade.context import Context
from arcade.scenes.dialogs import ConfirmScene
from arcade.scenes.places import Dashboard, TrainSetup
from arcade.ui.scene import Change, Pop, Push, Replace


@dataclass(frozen=True)
class CutOff:
    """An agent whose training was cut off, and where its run stopped if it can go on exactly."""

    agent: Profile
    point: ResumePoint | None


def find_cut_off(library: Library) -> tuple[CutOff, ...]:
    """All agents whose training was cut off; what cannot be used is passed over."""
    found = []
    for entry in library.interrupted():
        try:
            agent = library.load(entry).profile
            if agent and agent.game():
                found.append(CutOff(agent, _point(library, agent)))
        except StorageError:
            continue  # the list of agents tells what is wrong with it
    return tuple(found)


def ask_to_go_on(context: Context, cut_off: CutOff) -> Change:
    """The question whether to go on with one of them."""
    agent, runs = cut_off.agent, context.library.runs

    def go_on() -> Change:
        if cut_off.point is None:
            forget()
            return Replace(TrainSetup(agent.game_id, agent))
        try:
            context.start_training(Plan.going_on(agent, cut_off.point, device=context.settings.value.device))
        except ValueError as error:
            context.notice(str(error))
            return Pop()
        forget()
        return Replace(Dashboard())

    def forget() -> None:
        context.background(lambda: runs.forget(agent.id))

    def decline() -> Change:
        forget()
        return Pop()

    frames = f"{agent.frames:,} game frames"
    if cut_off.point:
        detail = f"It was cut off and goes on exactly where it was saved last, after {frames}."
    else:
        detail = f"It was cut off. The agent was saved after {frames} and can be trained further from its weights."
    title = f"Go on training {agent.name}?"
    return Push(ConfirmScene(context, title, detail, "Go on", go_on, "Not now", decline))


def _point(library: Library, agent: Profile) -> ResumePoint | None:
    try:
        return library.resume_point(agent)
    except StorageError:
        return None  # it was damaged and is set aside: the agent goes on from its weights
