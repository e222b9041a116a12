"""Panel and overlays of a game that a person plays: score, prompt to begin, result."""

import pygame

from arcade.input.controls import Button, Device
from arcade.rounds.round import Phase, Round
from arcade.ui import style
from arcade.ui.column import Column
from arcade.ui.icons import draw_icon
from arcade.ui.signs import Signs
from arcade.ui.style import Colour, Size, Theme
from games.figures import figure
from games.game import Play


def draw_score(column: Column, played: Round, best: int | None, assisted: bool) -> None:
    """Draws score, best, pace and marks of a round, and the rules before it begins."""
    info, theme = played.game.info, column.theme
    column.text(info.title, Size.BODY, style.readable(info.accent, style.GROUND))
    column.skip(theme.space(2))
    column.text(info.score_name.capitalize(), Size.SMALL, style.MUTED)
    column.text(figure(played.score), Size.TITLE)
    column.skip(theme.space(0.5))
    column.pair("Best", "–" if best is None else f"{best:,}")
    if info.play.speed_up:
        column.pair("Speed", f"{played.growth:.2f}×")
    if assisted:
        column.pair("Slow assist", "used", style.readable(style.WARNING, style.GROUND))
    if info.play.episodes > 1:
        column.skip(theme.space(1))
        draw_episode_marks(column, played, info.accent)
    column.skip(theme.space(2))
    if played.phase is Phase.READY:
        for rule in info.rules:
            column.paragraph(rule, whole=True)


def draw_episode_marks(column: Column, played: Round, accent: Colour) -> None:
    """Draws one mark per episode of a round: a tick for a point, a bar for none, a dot for an episode to come."""
    total = played.game.info.play.episodes
    per_row = min(total, 10)
    cell = max(6, min(column.theme.space(3), column.rect.width // per_row))
    for index in range(total):
        row, place = divmod(index, per_row)
        centre = column.rect.left + place * cell + cell // 2, column.rect.top + row * cell + cell // 2
        if index >= len(played.finished_scores):
            draw_icon(column.surface, "dot", centre, cell // 2, style.LINE)
        elif played.finished_scores[index] > 0:
            draw_icon(column.surface, "check", centre, cell * 3 // 4, style.readable(accent, style.GROUND))
        else:
            bar = pygame.Rect(0, 0, cell // 2, max(2, cell // 6))
            bar.center = centre
            column.surface.fill(style.BAD, bar)
    column.skip(-(-total // per_row) * cell)


def draw_headline(
    surface: pygame.Surface, theme: Theme, picture: pygame.Rect, title: str, words: str, accent: Colour | None
) -> None:
    """Draws a title and a line above the menu in the middle; `accent` colours the line and adds stars."""
    y = picture.centery - theme.space(3) - theme.line() - theme.line(Size.TITLE)
    theme.text(surface, title, (picture.centerx, y), Size.TITLE, align="midtop", max_width=picture.width)
    if not words:
        return
    y += theme.line(Size.TITLE)
    colour = style.MUTED if accent is None else style.readable(accent, style.GROUND)
    room = picture.width - 4 * theme.line()
    rect = theme.text(surface, words, (picture.centerx, y), Size.BODY, colour, "midtop", room)
    if accent is not None:
        for x in (rect.left - theme.line(), rect.right + theme.line()):
            draw_icon(surface, "star", (x, rect.centery), theme.line(), colour)


def draw_invitation(surface: pygame.Surface, theme: Theme, picture: pygame.Rect, played: Round, signs: Signs) -> None:
    """Draws a prompt for the press that begins or continues the game, low in the picture."""
    words = f"{ask_for_press(played.game.info.play, signs)} to {'begin' if played.is_fresh else 'continue'}"
    image = theme.render(words, Size.BODY, style.TEXT)
    pill = image.get_rect(center=(picture.centerx, picture.bottom - picture.height * 12 // 100))
    pill.inflate_ip(theme.space(3), theme.space(1.5))
    theme.panel(surface, pill, style.PANEL, style.readable(played.game.info.accent, style.GROUND))
    surface.blit(image, image.get_rect(center=pill.center))


def ask_for_press(play: Play, signs: Signs) -> str:
    """Returns the press that begins the game, in words for the device last used."""
    if signs.device is Device.MOUSE:
        return "Click"
    buttons = [Button(name) for name in play.buttons]
    words = [signs.words[button] for button in buttons if button in signs.words]
    if Button.PRIMARY in buttons:
        return f"Press {words[0]}"
    return f"Press {', '.join(words[:-1])} or {words[-1]}"
