"""Games that play by themselves in small pictures."""

import pygame
import pytest

from agents.profile import ProfileError
from arcade import theme as look
from arcade.round import Phase
from arcade.showcase import Showcase, check_player
from arcade.theme import Theme
from games.registry import game_ids, make
from tests.agents.profiles import heavy_profile, lost_profile, make_profile


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
        surface.fill(look.PANEL)
        show.draw(surface, theme, rect)
        return pygame.image.tobytes(surface, "RGB")

    surface, theme = pygame.Surface((300, 200)), Theme()
    show = Showcase(make("snake"))
    rect = pygame.Rect(20, 20, 200, 100)
    shown()  # nothing rendered yet: an empty place
    assert tuple(surface.get_at(rect.center))[:3] == look.GROUND
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
        assert pygame.mask.from_threshold(surface, look.WARNING, (40, 40, 40)).count() > 20
        assert show.redraw(surface, surface.get_rect()) == []


def test_players_are_judged_by_their_first_decision() -> None:
    assert check_player(make_profile(game_id="catch")) == make("catch")
    with pytest.raises(ProfileError, match="not finite"):
        check_player(lost_profile())
    with pytest.raises(ProfileError, match="too large"):
        check_player(heavy_profile())
