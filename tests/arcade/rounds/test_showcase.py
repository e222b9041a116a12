"""Games that play by themselves in small pictures."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import gymnasium
import numpy as np
import pygame
import pytest

from agents.errors import ProfileError
from arcade.rounds.round import Phase
from arcade.rounds.showcase import Showcase, check_player
from arcade.ui import style
from arcade.ui.style import Theme
from games.batch import GameBatch
from games.game import Game
from games.registry import game_ids, make
from tests.agents.storage.profiles import heavy_profile, lost_profile, make_profile
from tests.games.failing import Failing, fail, installed
from tests.games.gym.test_living import Corridor


@pytest.mark.parametrize("game_id", game_ids())
def test_every_game_moves_by_itself(game_id: str) -> None:
    show = Showcase(make(game_id))
    pictures = set()
    for _ in range(20):
        for _ in range(10):
            show.update(1 / 30)
        show.render((120, 120))
        assert show._image is not None
        pictures.add(pygame.image.tobytes(show._image, "RGB"))
    assert len(pictures) > 5


def test_an_agent_plays_where_there_is_one() -> None:
    agent = make_profile("Lefty", game_id="cartpole")
    show = Showcase(agent.game(), agent)
    show.update(0.1)
    assert show.agent is agent
    assert show.round.batch.kind == agent.observation


def test_a_finished_round_begins_anew() -> None:
    show = Showcase(make("cartpole"))
    while show.round.phase is not Phase.OVER:
        show.update(0.05)
    steps = show.round.batch.steps[0]
    for _ in range(12):
        show.update(0.1)
    assert show.round.phase_seconds < 1.0
    assert show.round.batch.steps[0] < steps


def test_the_picture_is_kept_until_it_is_rendered_again() -> None:
    def shown() -> bytes:
        surface.fill(style.PANEL)
        show.draw(surface, theme, rect)
        return pygame.image.tobytes(surface, "RGB")

    surface, theme = pygame.Surface((300, 200)), Theme()
    show = Showcase(make("snake"))
    rect = pygame.Rect(20, 20, 200, 100)
    shown()  # nothing rendered yet: an empty place
    assert tuple(surface.get_at(rect.center))[:3] == style.GROUND
    show.render(show.picture(rect).size)
    first = shown()
    show.update(0.2)
    assert shown() == first
    assert rect.contains(show.picture(rect))


def test_an_agent_that_fails_stands_still_and_says_why() -> None:
    theme, surface = Theme(), pygame.Surface((300, 200))
    for agent, words in ((lost_profile(), "not finite"), (heavy_profile(), "too large")):
        show = Showcase(agent.game(), agent)
        for _ in range(3):
            show.update(0.2)
        assert words in show.problem
        show.render((200, 200))
        show.draw(surface, theme, surface.get_rect())
        assert pygame.mask.from_threshold(surface, style.WARNING, (40, 40, 40)).count() > 20
        assert show.redraw(surface, surface.get_rect()) == []


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Game]:
    """A game of others."""
    with installed(monkeypatch, failing=Failing):
        yield make("failing")


def words_of(show: Showcase) -> str:
    """What is told in the place of the picture."""
    theme, told = Theme(), list[str]()
    theme.witness = lambda surface, wanted, shown, rect, colour: told.append(shown)
    show.draw(pygame.Surface((400, 300)), theme, pygame.Rect(0, 0, 400, 300))
    return " ".join(told)


def test_a_game_of_others_begins_in_the_background(failing: Game) -> None:
    work: list[Callable[[], None]] = []
    assert Showcase(make("catch"), background=work.append).round and not work  # ours is there at once
    show = Showcase(failing, background=work.append)
    show.update(0.1)
    show.render((120, 120))
    assert (words_of(show), show.score) == ("Loading …", 0)
    work[0]()
    show.update(0.1)
    show.render((120, 120))
    assert words_of(show) == "" and show.round.batch.steps[0] > 0


def test_no_environment_is_made_while_it_is_shown() -> None:
    cls: Any = type("Shown", (Corridor,), {"opened": 0})
    gymnasium.register("Test/Shown-v0", cls, max_episode_steps=5)
    show, rounds = Showcase(make("gym:Test/Shown-v0")), 0
    made = cls.opened
    for _ in range(200):
        steps = show.round.batch.steps[0]
        show.update(0.1)
        show.render((60, 40))
        rounds += show.round.batch.steps[0] < steps
    assert rounds > 5 and cls.opened == made
    del gymnasium.registry["Test/Shown-v0"]


def test_what_fails_in_the_background_is_told(failing: Game) -> None:
    work: list[Callable[[], None]] = []
    show = Showcase(failing, background=work.append)
    fail("draw", 0)
    work[0]()
    fail("")
    assert "failing: draw: " in words_of(show)


def test_a_game_of_others_that_is_slow_again_and_again_is_shown_no_longer(
    failing: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("arcade.rounds.trouble.time", SimpleNamespace(perf_counter=lambda: now[0]))

    def frames(show: Showcase, each: float, count: int) -> int:
        """How many frames it is shown, if each of its ticks takes so long."""

        def act(batch: GameBatch) -> Any:
            now[0] += each
            return np.array([0])

        monkeypatch.setattr(show.round.controller, "act", act)
        for number in range(count):
            if show.trouble:
                return number
            show.update(1 / show.game.info.ticks_per_second)
        return count

    slow = Showcase(failing)
    assert frames(slow, 0.5, 9) == 2
    assert words_of(slow) == "failing: too slow for a preview"
    assert frames(Showcase(failing), 0.01, 99) == 99
    assert frames(Showcase(make("catch")), 0.5, 9) == 9  # ours is slow only where everything is


def test_players_are_judged_by_their_first_decision() -> None:
    assert check_player(make_profile(game_id="catch")) == make("catch")
    with pytest.raises(ProfileError, match="not finite"):
        check_player(lost_profile())
    with pytest.raises(ProfileError, match="too large"):
        check_player(heavy_profile())
