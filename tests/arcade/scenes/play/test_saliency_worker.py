"""Looking into an agent: beside the window, some times a second, at the very observation that it acted on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arcade.context import Context
from arcade.rounds.controllers import TrainedAgent
from arcade.scenes.play.saliency_worker import EVERY_FRAMES, Saliency, SaliencyWorker
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import make_context, settle


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


def watched(context: Context) -> tuple[Any, SaliencyWorker]:
    policy = make_profile(game_id="cartpole").policy()
    agent = TrainedAgent(policy, np.random.default_rng(0))
    return agent, SaliencyWorker(context, agent, policy)


def see(agent: TrainedAgent, saliency: SaliencyWorker, frame: int) -> None:
    """A frame in which something else is seen."""
    agent.observation, agent.output = np.full(4, frame, np.float32), frame % 2
    saliency.update()


def test_it_looks_some_times_a_second_at_most_and_pairs_what_belongs_together(context: Context) -> None:
    agent, saliency = watched(context)
    saliency.toggle()
    looks: list[Saliency] = []
    for frame in range(60):
        see(agent, saliency, frame)
        settle(context)
        if saliency.latest is not None and (not looks or saliency.latest is not looks[-1]):
            looks.append(saliency.latest)
            assert saliency.latest.observation[0] == frame
            kernel = saliency._policy.weights["output/kernel"][:, frame % 2]  # no hidden layer: they are the gradient
            assert np.allclose(saliency.latest.moves, kernel / np.abs(kernel).max())
    assert len(looks) == -(-60 // EVERY_FRAMES)


def test_it_looks_once_at_what_does_not_change(context: Context) -> None:
    agent, saliency = watched(context)
    saliency.toggle()
    see(agent, saliency, 0)
    settle(context)
    first = saliency.latest
    for _ in range(3 * EVERY_FRAMES):
        saliency.update()
        settle(context)
    assert first is not None and saliency.latest is first


def test_it_does_nothing_unless_it_is_wished_for(context: Context) -> None:
    agent, saliency = watched(context)
    see(agent, saliency, 0)
    settle(context)
    assert saliency.latest is None
    saliency.toggle()
    see(agent, saliency, 1)
    saliency.toggle()  # off any more when the answer comes
    settle(context)
    assert saliency.latest is None


def test_a_slow_answer_is_waited_for(context: Context) -> None:
    agent, saliency = watched(context)
    saliency.toggle()
    for frame in range(4 * EVERY_FRAMES):
        see(agent, saliency, frame)
    assert len(context.jobs) == 1
    settle(context)
