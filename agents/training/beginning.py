"""Begins a training run. If a saved run cannot be resumed, training continues from the agent's weights instead."""

from typing import TYPE_CHECKING

from agents.errors import StorageError
from agents.storage.resume import UnusableRunError
from agents.training.plan import Plan
from agents.training.saver import ProfileStore

if TYPE_CHECKING:
    from agents.training.trainer import Trainer


def begin(plan: Plan, store: ProfileStore | None) -> "tuple[Trainer, str]":
    """Make the trainer of a plan; also returns a message about the beginning, "" if there is none.

    Args:
        plan: The plan of the run.
        store: The store of a run to resume, which sets an unusable run aside; None leaves all files as they are.

    Raises:
        ValueError: See `Trainer`.
    """
    from agents.training.trainer import Trainer

    try:
        return Trainer(plan), ""
    except UnusableRunError as error:
        if store is None or plan.start is None:
            raise
        told, start = str(error), plan.start
    try:
        kept = store.set_run_aside(start.id)
    except StorageError as error:
        told = f"{told}; {error}"
    else:
        told = f"{told}; it is kept as {kept}" if kept else told
    plan = plan.from_weights(store.free_name(start.name))
    return Trainer(plan), f"{told}; {start.name} is trained further from its weights, as {plan.name}"
