"""The place in the play scene of a race: two pictures side by side, who leads, and who has won."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pygame

from agents.storage.profile import Profile
from arcade.input.controls import Button, FocusLost, Hint, Input, Keys, Press, Release
from arcade.rounds.controllers import Controller, Human, TrainedAgent
from arcade.rounds.opponents import fits
from arcade.rounds.round import Phase, Round
from arcade.rounds.steering import game_hints, steer
from arcade.scenes.play.agent_seat import SPEEDS
from arcade.scenes.play.person_panel import draw_headline, draw_invitation
from arcade.scenes.play.person_seat import DEATH_SECONDS, level_name
from arcade.store.scores import Racer
from arcade.ui import style
from arcade.ui.column import stack_from
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.figures import figure
from games.game import Game
from games.view import fit

if TYPE_CHECKING:
    from arcade.scenes.play.play_scene import PlayScene

_WON = "You win!"
_CLOCK = "Same seed, same clock"
_GHOST_VEIL = 90  # strength, of 255


@dataclass(frozen=True)
class _Lane:
    """One side of the race."""

    name: str
    agent: Profile | None  # None is the person
    ghost: bool = False  # an earlier state of the agent at the other side


class RaceSeat:
    """Two racers: a person or an agent, and an agent.

    The race is over when both rounds are, or as soon as only an agent goes on and leads: a good agent might go on for
    hours.

    Args:
        game: The rules.
        agent: Who races at the left; None is the person.
        rival: Who races at the right.
        seed: Seeds the agents' random moves.

    Raises:
        ValueError: An agent does not understand what it sees of this game.
    """

    def __init__(self, game: Game, agent: Profile | None, rival: Profile, seed: int) -> None:
        for each in (agent, rival):
            if each is not None and not fits(each, game):
                raise ValueError(f"{each.name} cannot play this level: it was trained on another board")
        self.lanes = (_lane(agent, rival), _lane(rival, agent))
        self.human = Human(game.info.play) if agent is None else None
        self._seed = seed
        self.words = ""  # who has won, "" as long as that is open
        self._speed = 1.0

    def rounds(self, game: Game, seed: int) -> list[Round]:
        """One each, with the same seed. What the game's evaluations allow is long enough for a race."""
        limit = game.info.longest_game
        made = []
        for number, lane in enumerate(self.lanes):
            kind = lane.agent.observation if lane.agent else None
            made.append(Round(game, self._controller(lane, number), seed, kind, limit))
        return made

    def _controller(self, lane: _Lane, number: int) -> Controller:
        if lane.agent is None:
            assert self.human is not None
            return self.human
        return TrainedAgent(lane.agent.policy(), np.random.default_rng((self._seed, 2 + number)))

    def sit_down(self, scene: "PlayScene") -> None:
        """Make the widgets of a fresh race."""
        self.scene, self.info = scene, scene.game.info
        accent = self.info.accent
        self.go_on = PushButton("Go on", scene.resume, icon="play", accent=accent, main=True)
        self.again = PushButton("Race again", self._race_again, icon="play", accent=accent, main=True)
        self.anew = PushButton("New race", self._race_again, accent=accent)
        self.quit = PushButton("Leave", Pop, accent=accent)
        self.words = ""
        self._set_speed(self._speed)

    @property
    def keys(self) -> Keys:
        """Letters are arrows while a person races."""
        if self.widgets():
            return Keys.MENU
        return Keys.WATCH if self.human is None else Keys.GAME

    def widgets(self) -> list[Control]:
        """The menu over the pictures, if one is open."""
        return [*self._menu()]

    def _menu(self) -> list[PushButton]:
        if self._shows_result:
            return [self.again, self.quit]
        return [self.go_on, self.anew, self.quit] if self.scene.paused else []

    @property
    def _shows_result(self) -> bool:
        stood = min(played.phase_seconds for played in self.scene.lockstep.rounds)
        return bool(self.words) and stood >= DEATH_SECONDS

    # Input

    def handle(self, event: Input) -> Change | None:
        """Race, or use the menu that is open."""
        if isinstance(event, Release) and self.human is not None:
            self.human.release(event.button)
        elif isinstance(event, FocusLost):
            self._pause_if_running()
        elif self._menu():
            return self._handle_menu(event)
        elif self.human is None or not steer(self.human, event, self._picture(0)):
            return self._command(event)
        return None

    def _pause_if_running(self) -> None:
        if self.human is not None and not self.words and self.scene.round.phase in (Phase.RUNNING, Phase.BETWEEN):
            self.scene.pause()

    def _handle_menu(self, event: Input) -> Change | None:
        if event == Press(Button.BACK):
            return Pop()
        if event == Press(Button.RESTART):
            self._race_again()
        elif event == Press(Button.PAUSE) and self.scene.paused:
            self.scene.resume()
        else:
            return self.scene.focus.handle(event)
        return None

    def _command(self, event: Input) -> Change | None:
        if event == Press(Button.BACK) and (self.scene.round.is_fresh or self.words):
            return Pop()
        commands: dict[Input, Callable[[], None]] = {
            Press(Button.BACK): self.scene.pause,
            Press(Button.PAUSE): self.scene.pause,
            Press(Button.RESTART): self._race_again,
        }
        if self.human is None:
            commands |= {
                Press(Button.FASTER): lambda: self._change_speed(1),
                Press(Button.SLOWER): lambda: self._change_speed(-1),
            }
        if event in commands and not self.words:
            commands[event]()
        return None

    def _race_again(self) -> None:
        """Another race has another world, the same for both."""
        self.scene.seed += 1
        self.scene.start(self.scene.game)

    def _change_speed(self, by: int) -> None:
        index = min(max(SPEEDS.index(self._speed) + by, 0), len(SPEEDS) - 1)
        self._set_speed(SPEEDS[index])

    def _set_speed(self, speed: float) -> None:
        self._speed = speed
        for played in self.scene.lockstep.rounds:
            played.speed = speed

    # The race

    def begin(self) -> None:
        """A fresh race is set up by `sit_down`."""

    def finish(self, score: float, good: bool) -> None:
        """One side is done; `update` sees whether the race is."""

    def update(self) -> None:
        """End the race when it is decided."""
        if self.words or not self._decided():
            return
        for played in self.scene.lockstep.rounds:
            if played.phase is not Phase.OVER:
                played.stop()
        self._settle()

    def _decided(self) -> bool:
        rounds = self.scene.lockstep.rounds
        going = [played for played in rounds if played.phase is not Phase.OVER]
        if len(going) != 1:
            return not going
        other = next(played for played in rounds if played is not going[0])
        return going[0].controller is not self.human and going[0].score > other.score

    def _settle(self) -> None:
        """Tell the winner and keep the result."""
        scene, level = self.scene, level_name(self.scene.game)
        context, game_id, seed = scene.context, self.info.id, scene.seed
        player = context.settings.value.name
        left, right = (
            Racer(lane.name if lane.agent else player, lane.agent is not None, played.score)
            for lane, played in zip(self.lanes, scene.lockstep.rounds, strict=True)
        )
        self.words = self._verdict(left.score, right.score)
        if self._is_won:
            context.sounds.play("win")
        context.background(lambda: context.scores.add_race(game_id, level, left, right, seed))
        if not left.is_agent:
            context.background(lambda: context.scores.add(game_id, level, player, left.score, raced=True))

    @property
    def _is_won(self) -> bool:
        """Whether the person has won."""
        return self.words == _WON

    def _verdict(self, left: float, right: float) -> str:
        if left == right:
            return "A draw"
        winner = self.lanes[left < right]
        return _WON if winner.agent is None else f"{winner.name} wins"

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Two pictures of one size side by side, names and scores above them, the menu in the middle."""
        theme, count = self.scene.theme, len(self.lanes)
        margin, gap = theme.space(2), theme.space(4)
        head, foot = theme.line() + theme.line(Size.TITLE) + theme.space(), theme.line(Size.SMALL) + theme.space()
        room = (area.width - 2 * margin - gap) // count, area.height - head - foot - 2 * margin
        width, height = fit(room, self.info.aspect)[2:]
        lane_width = min(room[0], max(width, theme.space(40)))
        left = area.centerx - (count * lane_width + gap) // 2
        top = (area.height - head - height - foot) // 2
        self._heads = []
        for stage in self.scene.stages:
            self._heads.append(pygame.Rect(left, top, lane_width, head))
            stage.rect = pygame.Rect(left + (lane_width - width) // 2, top + head, width, height)
            left += lane_width + gap
        self._foot = area.centerx, top + head + height + theme.space()
        self._middle = self.scene.stages[0].rect.union(self.scene.stages[-1].rect)
        stack_from(theme, self._menu(), self._middle.center)

    def _picture(self, index: int) -> pygame.Rect:
        return self.scene.stages[index].picture(self.scene.lockstep.rounds[index])

    def paint(self, surface: pygame.Surface) -> None:
        """Draw names, scores and what lies over the pictures."""
        theme, rounds = self.scene.theme, self.scene.lockstep.rounds
        highest = max(played.score for played in rounds)
        leads = [played.score == highest for played in rounds]
        for index, (lane, head) in enumerate(zip(self.lanes, self._heads, strict=True)):
            self._paint_head(surface, head, lane, rounds[index].score, leads[index] and not all(leads))
            if lane.ghost:
                self.scene.stages[index].veil(surface, self._picture(index), _GHOST_VEIL)
            if rounds[index].phase is Phase.OVER and not self._menu():
                self._paint_over(surface, index)
        words = _CLOCK if self.human is not None else f"{_CLOCK} · {self._speed:g}×"
        theme.text(surface, words, self._foot, Size.SMALL, style.MUTED, "midtop")
        if self._menu():
            self._paint_menu(surface)
        elif self.scene.round.phase is Phase.READY:
            draw_invitation(surface, theme, self._picture(0), self.scene.round, self.scene.context.signs)

    def _paint_head(self, surface: pygame.Surface, head: pygame.Rect, lane: _Lane, score: float, leads: bool) -> None:
        theme, line = self.scene.theme, self.scene.theme.line()
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
        """One side is done while the other goes on."""
        picture, theme = self._picture(index), self.scene.theme
        self.scene.stages[index].veil(surface, picture)
        theme.text(surface, "Finished", picture.center, Size.TITLE, align="center", max_width=picture.width)

    def _paint_menu(self, surface: pygame.Surface) -> None:
        self.scene.stage.veil(surface, self._middle, 190)
        scores = " : ".join(figure(played.score) for played in self.scene.lockstep.rounds)
        title, words = (self.words, scores) if self.words else ("Paused", "")
        accent = self.info.accent if self._is_won else None
        draw_headline(surface, self.scene.theme, self._middle, title, words, accent)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        if self._menu():
            return (Hint(Button.CONFIRM, "Choose"), Hint(Button.RESTART, "New race"), Hint(Button.BACK, "Leave"))
        racing = [Hint(Button.FASTER, "Faster"), Hint(Button.SLOWER, "Slower")]
        if self.human is not None:
            racing = game_hints(self.info)
        leaving = Hint(Button.BACK, "Leave" if self.scene.round.is_fresh else "Pause")
        return (*racing, Hint(Button.PAUSE, "Pause"), Hint(Button.RESTART, "New race"), leaving)


def _lane(agent: Profile | None, other: Profile | None) -> _Lane:
    if agent is None:
        return _Lane("You", None)
    if other is None or other.id != agent.id or other.frames == agent.frames:
        return _Lane(agent.name, agent)
    name = agent.name if agent.name != other.name else f"{agent.name} · {agent.frames:,} frames"
    return _Lane(name, agent, ghost=agent.frames < other.frames)
