"""The question at the start of the arcade whether to continue an interrupted training run."""

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
class InterruptedRun:
    """An agent whose training was interrupted, and its resume point if the run can continue exactly."""

    agent: Profile
    point: ResumePoint | None


def find_interrupted(library: Library) -> tuple[InterruptedRun, ...]:
    """Returns all interrupted runs whose agents can be used."""
    found = []
    for entry in library.interrupted():
        try:
            agent = library.load(entry).profile
            if agent and agent.game():
                found.append(InterruptedRun(agent, _point(library, agent)))
        except StorageError:
            continue  # the list of agents shows the problem
    return tuple(found)


def ask_to_continue(context: Context, run: InterruptedRun) -> Change:
    """Returns a change that asks whether to continue a run."""
    agent, runs = run.agent, context.library.runs

    def go_on() -> Change:
        if run.point is None:
            forget()
            return Replace(TrainSetup(agent.game_id, agent))
        try:
            context.start_training(Plan.going_on(agent, run.point, device=context.settings.value.device))
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
    if run.point:
        detail = f"The training was interrupted. It continues exactly from its last save, after {frames}."
    else:
        detail = f"The training was interrupted. The agent was saved after {frames} and can be trained further."
    title = f"Continue training {agent.name}?"
    return Push(ConfirmScene(context, title, detail, "Continue", go_on, "Not now", decline))


def _point(library: Library, agent: Profile) -> ResumePoint | None:
    try:
        return library.resume_point(agent)
    except StorageError:
        return None  # the file was damaged and is set aside: training continues from the agent's weights
