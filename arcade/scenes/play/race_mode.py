"""The play scene's mode for racing: two games side by side, the leader, and the winner."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pygame

from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, FocusLost, Hint, Input, Keys, Press, Release
from arcade.rounds.controllers import Controller, Human, TrainedAgent
from arcade.rounds.end_times import PLAYED_SECONDS
from arcade.rounds.match import Match, next_speed
from arcade.rounds.opponents import fits
from arcade.rounds.round import Phase, Round
from arcade.rounds.steering import game_hints, steer
from arcade.scenes.play.person_panel import draw_headline, draw_invitation
from arcade.store.scores import Racer
from arcade.ui import style
from arcade.ui.column import stack_from
from arcade.ui.focus import Focus
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.figures import figure
from games.game import Game
from games.registry import level_name
from games.view import fit

_WON = "You win!"
_CLOCK = "Same seed, same speed"
_GHOST_DIMMING = 90  # of 255


@dataclass(frozen=True)
class _Lane:
    """One side of the race."""

    name: str
    agent: Profile | None  # None for the person
    ghost: bool = False  # whether it is an earlier snapshot of the agent on the other side


class RaceMode:
    """The mode in which a person or an agent races against an agent.

    The higher score wins. The race is over when both rounds are over, or when one is over and the other side is an
    agent that leads: a good agent might play for hours.

    Args:
        match: The match. Its first seed also seeds the agents' random moves.
        context: Shared by all scenes.
        focus: The scene's widgets, which are those of the open menu.
        agent: The agent at the left; None for the person.
        rival: The agent at the right.

    Raises:
        ValueError: An agent's observation does not fit this level.
    """

    def __init__(self, match: Match, context: Context, focus: Focus, agent: Profile | None, rival: Profile) -> None:
        for each in (agent, rival):
            if each is not None and not fits(each, match.game):
                raise ValueError(f"{each.name} cannot play this level: it was trained on another board")
        self.lanes = (_lane(agent, rival), _lane(rival, agent))
        self.human = Human(match.game.info.play) if agent is None else None
        self._match, self._context, self._focus = match, context, focus
        self._seed = match.seed
        self.verdict = ""  # the winner in words, "" until the race is decided
        self._speed = 1.0

    def start(self, game: Game) -> None:
        """Sets up a new race: makes the widgets, begins both rounds."""
        self.info, self.verdict = game.info, ""
        accent = self.info.accent
        self.go_on = PushButton("Resume", self._match.resume, icon="play", accent=accent, main=True)
        self.again = PushButton("Race again", self._race_again, icon="play", accent=accent, main=True)
        self.new_race = PushButton("New race", self._race_again, accent=accent)
        self.quit = PushButton("Leave", Pop, accent=accent)
        self._match.start(game, lambda: self._make_rounds(game))
        self._set_speed(self._speed)

    def _make_rounds(self, game: Game) -> list[Round]:
        """Makes a round for each side, with the same seed and the step limit of evaluations."""
        limit = game.info.longest_game
        made = []
        for number, lane in enumerate(self.lanes):
            kind = lane.agent.observation if lane.agent else None
            made.append(Round(game, self._controller(lane, number), self._match.seed, kind, limit))
        return made

    def _controller(self, lane: _Lane, number: int) -> Controller:
        if lane.agent is None:
            assert self.human is not None
            return self.human
        return TrainedAgent(lane.agent.policy(), np.random.default_rng((self._seed, 2 + number)))

    @property
    def keys(self) -> Keys:
        """Menu keys while a menu is open, game keys while a person races, else watching keys."""
        if self.widgets():
            return Keys.MENU
        return Keys.WATCH if self.human is None else Keys.GAME

    def widgets(self) -> list[Control]:
        """Returns the buttons of the menu over the pictures, none if no menu is open."""
        return [*self._menu()]

    def _menu(self) -> list[PushButton]:
        if self._shows_result:
            return [self.again, self.quit]
        return [self.go_on, self.new_race, self.quit] if self._match.paused else []

    @property
    def _shows_result(self) -> bool:
        return bool(self.verdict) and all(each.over_for(PLAYED_SECONDS) for each in self._match.lockstep.rounds)

    # Input

    def handle(self, event: Input) -> Change | None:
        """Races, or uses the open menu."""
        if isinstance(event, Release) and self.human is not None:
            self.human.release(event.button)
        elif isinstance(event, FocusLost):
            self._pause_if_running()
        elif self._menu():
            return self._handle_menu(event)
        elif self.human is None or not steer(self.human, event, self._match.picture()):
            return self._command(event)
        return None

    def _pause_if_running(self) -> None:
        if self.human is not None and not self.verdict and self._match.round.phase in (Phase.RUNNING, Phase.BETWEEN):
            self._match.pause()

    def _handle_menu(self, event: Input) -> Change | None:
        if event == Press(Button.BACK):
            return Pop()
        if event == Press(Button.RESTART):
            self._race_again()
        elif event == Press(Button.PAUSE) and self._match.paused:
            self._match.resume()
        else:
            return self._focus.handle(event)
        return None

    def _command(self, event: Input) -> Change | None:
        if event == Press(Button.BACK) and (self._match.round.is_fresh or self.verdict):
            return Pop()
        commands: dict[Input, Callable[[], None]] = {
            Press(Button.BACK): self._match.pause,
            Press(Button.PAUSE): self._match.pause,
            Press(Button.RESTART): self._race_again,
        }
        if self.human is None:
            commands |= {
                Press(Button.FASTER): lambda: self._change_speed(1),
                Press(Button.SLOWER): lambda: self._change_speed(-1),
            }
        if event in commands and not self.verdict:
            commands[event]()
        return None

    def _race_again(self) -> None:
        """Starts another race with a new seed, the same for both sides."""
        self._match.seed += 1
        self.start(self._match.game)

    def _change_speed(self, by: int) -> None:
        self._set_speed(next_speed(self._speed, by))

    def _set_speed(self, speed: float) -> None:
        self._speed = speed
        for played in self._match.lockstep.rounds:
            played.speed = speed

    # The race

    def finish(self, score: float, good: bool) -> None:
        """Does nothing: `update` ends the race when it is decided."""

    def update(self) -> None:
        """Ends the race when it is decided."""
        if self.verdict or not self._decided():
            return
        for played in self._match.lockstep.rounds:
            if played.phase is not Phase.OVER:
                played.stop()
        self._settle()

    def _decided(self) -> bool:
        rounds = self._match.lockstep.rounds
        going = [played for played in rounds if played.phase is not Phase.OVER]
        if len(going) != 1:
            return not going
        other = next(played for played in rounds if played is not going[0])
        return going[0].controller is not self.human and going[0].score > other.score

    def _settle(self) -> None:
        """Sets the verdict and saves the result."""
        context, match, game_id = self._context, self._match, self.info.id
        level, seed = level_name(match.game), match.seed
        player = context.settings.value.name
        left, right = (
            Racer(lane.name if lane.agent else player, lane.agent is not None, played.score)
            for lane, played in zip(self.lanes, match.lockstep.rounds, strict=True)
        )
        self.verdict = self._winner_in_words(left.score, right.score)
        if self._is_won:
            context.sounds.play("win")
        context.background(lambda: context.scores.add_race(game_id, level, left, right, seed))
        if not left.is_agent:
            context.background(lambda: context.scores.add(game_id, level, player, left.score, raced=True))

    @property
    def _is_won(self) -> bool:
        """Whether the person has won."""
        return self.verdict == _WON

    def _winner_in_words(self, left: float, right: float) -> str:
        if left == right:
            return "A draw"
        winner = self.lanes[left < right]
        return _WON if winner.agent is None else f"{winner.name} wins"

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places two pictures of one size side by side, names and scores above them, the menu in the middle."""
        theme, count = self._context.theme, len(self.lanes)
        margin, gap = theme.space(2), theme.space(4)
        head, foot = theme.line() + theme.line(Size.TITLE) + theme.space(), theme.line(Size.SMALL) + theme.space()
        room = (area.width - 2 * margin - gap) // count, area.height - head - foot - 2 * margin
        width, height = fit(room, self.info.aspect)[2:]
        lane_width = min(room[0], max(width, theme.space(40)))
        left = area.centerx - (count * lane_width + gap) // 2
        top = (area.height - head - height - foot) // 2
        self._heads = []
        for stage in self._match.stages:
            self._heads.append(pygame.Rect(left, top, lane_width, head))
            stage.rect = pygame.Rect(left + (lane_width - width) // 2, top + head, width, height)
            left += lane_width + gap
        self._foot = area.centerx, top + head + height + theme.space()
        self._middle = self._match.stages[0].rect.union(self._match.stages[-1].rect)
        stack_from(theme, self._menu(), self._middle.center)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws names, scores and overlays."""
        theme, rounds = self._context.theme, self._match.lockstep.rounds
        highest = max(played.score for played in rounds)
        leads = [played.score == highest for played in rounds]
        for index, (lane, head) in enumerate(zip(self.lanes, self._heads, strict=True)):
            self._paint_head(surface, head, lane, rounds[index].score, leads[index] and not all(leads))
            if lane.ghost:
                self._match.stages[index].dim(surface, self._match.picture(index), _GHOST_DIMMING)
            if rounds[index].phase is Phase.OVER and not self._menu():
                self._paint_over(surface, index)
        words = _CLOCK if self.human is not None else f"{_CLOCK} · {self._speed:g}×"
        theme.text(surface, words, self._foot, Size.SMALL, style.MUTED, "midtop")
        if self._menu():
            self._paint_menu(surface)
        elif self._match.round.phase is Phase.READY:
            draw_invitation(surface, theme, self._match.picture(), self._match.round, self._context.signs)

    def _paint_head(self, surface: pygame.Surface, head: pygame.Rect, lane: _Lane, score: float, leads: bool) -> None:
        theme = self._context.theme
        line = theme.line()
        accent = style.readable(self.info.accent, style.GROUND)
        sign = line * 3 // 4
        icon = "agent" if lane.agent else "person"
        draw_icon(surface, icon, (head.left + sign // 2, head.top + line // 2), sign, accent)
        left = head.left + sign + theme.space()
        theme.text(surface, lane.name, (left, head.top), Size.BODY, style.TEXT, max_width=head.right - left)
        words = self.info.scored(score)
        shown = theme.text(surface, words, (head.left, head.top + line), Size.TITLE, accent if leads else style.TEXT)
        if leads:
            draw_icon(surface, "star", (shown.right + line, shown.centery), line, accent)

    def _paint_over(self, surface: pygame.Surface, index: int) -> None:
        """Marks a side that has finished before the other."""
        picture, theme = self._match.picture(index), self._context.theme
        self._match.stages[index].dim(surface, picture)
        theme.text(surface, "Finished", picture.center, Size.TITLE, align="center", max_width=picture.width)

    def _paint_menu(self, surface: pygame.Surface) -> None:
        self._match.stage.dim(surface, self._middle, 190)
        scores = " : ".join(figure(played.score) for played in self._match.lockstep.rounds)
        title, words = (self.verdict, scores) if self.verdict else ("Paused", "")
        accent = self.info.accent if self._is_won else None
        draw_headline(surface, self._context.theme, self._middle, title, words, accent)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        if self._menu():
            return (Hint(Button.CONFIRM, "Choose"), Hint(Button.RESTART, "New race"), Hint(Button.BACK, "Leave"))
        racing = [Hint(Button.FASTER, "Faster"), Hint(Button.SLOWER, "Slower")]
        if self.human is not None:
            racing = game_hints(self.info)
        leaving = Hint(Button.BACK, "Leave" if self._match.round.is_fresh else "Pause")
        return (*racing, Hint(Button.PAUSE, "Pause"), Hint(Button.RESTART, "New race"), leaving)


def _lane(agent: Profile | None, other: Profile | None) -> _Lane:
    if agent is None:
        return _Lane("You", None)
    if other is None or other.id != agent.id or other.frames == agent.frames:
        return _Lane(agent.name, agent)
    name = agent.name if agent.name != other.name else f"{agent.name} · {agent.frames:,} frames"
    return _Lane(name, agent, ghost=agent.frames < other.frames)
