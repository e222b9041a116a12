"""The training set-up: a preset and Start are all a newcomer needs; one button shows all settings."""

from itertools import groupby

import pygame

from agents.storage.profile import Profile
from agents.storage.resume import ResumePoint
from agents.training.form import FormField, TrainingForm
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Pointer
from arcade.rounds.showcase import is_light
from arcade.scenes.places import Dashboard
from arcade.scenes.screen import Screen
from arcade.scenes.training.form_widgets import FieldWidget, exact_card, field_widget, observation_card, preset_card
from arcade.scenes.training.preview import Preview
from arcade.ui import style
from arcade.ui.choice_card import ChoiceCard
from arcade.ui.fields import Stepper, TextField
from arcade.ui.icons import draw_icon
from arcade.ui.numbers import number
from arcade.ui.scene import Change, Replace
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton, Scroll

_LEAST_PREVIEW = 14  # grid steps; the preview is left out if it would be lower
_WIDE = 90  # grid steps; wider pages show the settings in two columns


class TrainSetupScene(Screen):
    """The screen that chooses observation, preset and settings of a training run.

    Args:
        context: Shared by all scenes.
        game_id: The game to learn.
        start: An agent to train further; None trains a new one.

    Raises:
        ValueError: The agent's game is missing or refuses its settings.
    """

    moves = True

    def __init__(self, context: Context, game_id: str, start: Profile | None = None) -> None:
        super().__init__(context)
        self.start = start
        fresh = TrainingForm(game_id, start, context.settings.value.device)
        self.form = fresh if start else context.drafts.setdefault(game_id, fresh)  # earlier input comes back
        self.info = self.form.game.info
        self.expanded = False
        self.problems: tuple[str, ...] = ()
        self._scroll = Scroll()
        self._strip = pygame.Rect(0, 0, 0, 0)
        self._strip_lines = 3
        self._headings: list[tuple[str, tuple[int, int]]] = []
        self._ways: list[ChoiceCard] = []  # the two ways to train an agent further: exactly, or from its weights
        self._go = PushButton("Start training", self.begin, icon="play", accent=self.info.accent, main=True)
        self._more = PushButton("", self._toggle_more, accent=self.info.accent)
        self._build()
        self.focus.set(self.focus.widgets, self._chosen_preset() or self._go)
        if start:
            self.in_background(lambda: context.library.resume_point(start), self._offer_exact)
        wish = start.name if start else f"{self.info.title} agent"
        self.in_background(lambda: context.library.free_name(wish), self._propose_name)

    # Widgets

    def _offer_exact(self, point: ResumePoint | None) -> None:
        if point:
            self.form.offer_exact(point)
            self._show_ways()

    def _choose_exact(self, exact: bool) -> None:
        self.form.exact = exact
        self._show_ways()
        self.focus.set(self.focus.widgets, next(card for card in self._ways if card.chosen))

    def _show_ways(self) -> None:
        self._ways = [exact_card(self.form, exact, self._choose_exact) for exact in (True, False)]
        self._show()

    def _propose_name(self, name: str) -> None:
        self.form.propose_name(name)
        if not self.expanded:  # do not change a field that is on screen
            self._fields = self._make_fields()

    def _make_fields(self) -> list[tuple[FormField, FieldWidget]]:
        return [(field, field_widget(self.form, field)) for field in self.form.fields()]

    def _build(self) -> None:
        """Makes cards and fields from the form."""
        form = self.form
        self._observations = [observation_card(form, kind, self._choose_observation) for kind in form.observations]
        self._presets = [preset_card(form, name, self._choose_preset) for name in form.presets]
        self._fields = self._make_fields()
        policy = self.start.policy() if self.start and is_light(self.start) else None
        begin = self.context.begin_game
        self._preview = Preview(self.theme, self.form.game, self.form.observation, policy, begin)
        self._show()

    def _show(self) -> None:
        for field, widget in self._fields:
            widget.enabled = self.form.applies(field)
        more = [] if self.form.exact else [self._more]
        fields = [widget for _, widget in self._fields] if self.expanded and more else []
        cards: list[Control] = [*self._observations, *self._presets] if self.start is None else [*self._ways]
        self.focus.set([*cards, self._go, *more, *fields])
        self._check()
        self.relayout()

    def _chosen_preset(self) -> ChoiceCard | None:
        return next((card for card in self._presets if card.chosen), None)

    # Choices

    def _choose_observation(self, kind: str) -> None:
        self.form.choose_observation(kind)
        self._build()
        chosen = next(card for card in self._observations if card.chosen)
        self.focus.set(self.focus.widgets, chosen)

    def _choose_preset(self, name: str) -> None:
        """Chooses a preset and moves the focus to Start, so that a newcomer only presses Enter twice."""
        self.form.choose_preset(name)
        self._build()
        self.focus.set(self.focus.widgets, self._go)

    def _toggle_more(self) -> None:
        self.expanded = not self.expanded
        self._show()
        self.focus.set(self.focus.widgets, self._more)

    def begin(self) -> Change | None:
        """Starts the run and shows its dashboard, or shows the problem."""
        self._check()
        if self.problems:
            return None
        try:
            self.context.start_training(self.form.plan())
        except ValueError as error:
            self.problems = (f"{error}",)
            return None
        self.context.drafts.pop(self.info.id, None)
        return Replace(Dashboard())

    def _check(self) -> None:
        self.problems = self.form.problems()
        for field, widget in self._fields:
            if isinstance(widget, TextField):
                widget.error = self.form.problem(field)
        self._go.enabled = not self.problems
        changed = sum(self.form.changed(field) for field, _ in self._fields)
        note = f", {changed} changed" if changed else ""
        self._more.label = f"{'Hide' if self.expanded else 'All'} settings ({len(self._fields)}{note})"
        self._more.icon = "up" if self.expanded else "down"

    # Input

    def handle(self, event: Input) -> Change | None:
        """Scrolls with the wheel; passes other input to the widgets."""
        if isinstance(event, Pointer):
            if event.wheel:
                self._move(-event.wheel * self.theme.space(8))
                return None
            if self._strip.collidepoint(event.position) and not self._go.rect.collidepoint(event.position):
                return None  # the strip hides the widgets under the mouse
        before = self.focus.current
        change = super().handle(event)
        self._take_over()
        if self.focus.current is not before and not isinstance(event, Pointer):
            self._reveal()
        return change

    def _take_over(self) -> None:
        """Copies the value of the focused field into the form."""
        for field, widget in self._fields:
            if widget is self.focus.current:
                text = widget.text if isinstance(widget, TextField) else widget.value
                if text != self.form.text(field):
                    self.form.put(field, text)
                    self._show()

    def _move(self, by: int) -> None:
        if self._scroll.move(by):
            self.relayout()

    def _reveal(self) -> None:
        self.arrange(self.area.size)
        current = self.focus.current
        if current is None or current is self._go:
            return
        room = self.theme.space(6)  # shows the heading above, or the next row below
        if self._scroll.reveal(current.rect.inflate(0, 2 * room)):
            self.relayout()

    def update(self, seconds: float) -> Change | None:
        """Lets the preview play on."""
        if self._preview_fits:
            self._preview.update(seconds)
        return None

    # Drawing

    @property
    def _preview_fits(self) -> bool:
        return (not self.expanded or self.form.exact) and self._preview.rect.height >= self.theme.space(_LEAST_PREVIEW)

    def layout(self, area: pygame.Rect) -> None:
        """Places a page that scrolls above a fixed strip with help at the left and Start at the right."""
        theme, margin = self.theme, self.theme.space(3)
        self._strip_lines = round(3 * theme.text_scale**0.75)  # large text needs more lines for the same words
        height = theme.line(Size.SMALL) * self._strip_lines + theme.space(2)
        self._strip = pygame.Rect(0, area.bottom - height, area.width, height)
        width = min(self._go.width(theme) + theme.space(2), area.width // 3)
        self._go.rect = pygame.Rect(0, 0, width, theme.line() + theme.space(2.5))
        self._go.rect.midright = self._strip.right - margin, self._strip.centery
        self._scroll.view = pygame.Rect(0, 0, area.width, self._strip.top)
        page = pygame.Rect(margin, margin - self._scroll.offset, area.width - 2 * margin, 0)
        bottom = self._layout_page(page)
        self._preview.rect = pygame.Rect(page.left, bottom, page.width, self._strip.top - bottom - margin)
        self._scroll.length = bottom + self._scroll.offset + margin
        if self._scroll.offset > max(0, self._scroll.length - self._scroll.view.height):
            self._scroll.move(0)
            self.layout(area)

    def _layout_page(self, page: pygame.Rect) -> int:
        self._headings, theme = [], self.theme
        y = page.top + theme.line(Size.TITLE) + theme.space(2)
        if self.start is None:
            y = self._layout_cards("What the agent sees", self._observations, page, y)
            y = self._layout_cards("How to train", self._presets, page, y)
        else:
            y += len(theme.wrap(self._history(self.start), Size.BODY, page.width)) * theme.line() + theme.space(2)
            y = self._layout_cards("How to continue", self._ways, page, y) if self._ways else y
        if self.form.exact:
            return y
        height = theme.line() + theme.space(2)
        width = max(theme.space(44), self._more.width(theme))
        self._more.rect = pygame.Rect(page.left, y, min(page.width, width), height)
        y = self._more.rect.bottom + theme.space(2)
        return self._layout_fields(page, y) if self.expanded else y

    def _layout_cards(self, heading: str, cards: list[ChoiceCard], page: pygame.Rect, y: int) -> int:
        theme, gap = self.theme, self.theme.space(2)
        self._headings.append((heading, (page.left, y)))
        y += theme.line() + theme.space(1)
        columns = max(1, min(len(cards), page.width // theme.space(32)))
        width = min((page.width - gap * (columns - 1)) // columns, theme.space(52))
        height = max(card.height(theme, width) for card in cards)
        for index, card in enumerate(cards):
            row, column = divmod(index, columns)
            card.rect = pygame.Rect(page.left + column * (width + gap), y + row * (height + gap), width, height)
        return cards[-1].rect.bottom + theme.space(3)

    def _layout_fields(self, page: pygame.Rect, y: int) -> int:
        theme = self.theme
        columns = 2 if page.width >= theme.space(_WIDE) * theme.text_scale else 1
        gap, height = theme.space(4), theme.line() + theme.space(1.5)
        width = (page.width - gap * (columns - 1)) // columns
        for group, members in groupby(self._fields, key=lambda pair: pair[0].group):
            self._headings.append((group, (page.left, y)))
            y += theme.line() + theme.space(1)
            widgets = [widget for _, widget in members]
            for index, widget in enumerate(widgets):
                row, column = divmod(index, columns)
                top = y + row * (height + theme.space(1))
                widget.rect = pygame.Rect(page.left + column * (width + gap), top, width, height)
            y = widgets[-1].rect.bottom + theme.space(3)
        return y

    def draw(self, surface: pygame.Surface) -> None:
        """Draws the page, clipped, then the strip."""
        self.arrange(surface.get_size())
        surface.set_clip(self._scroll.view)
        self._paint_page(surface)
        for widget in self.focus.widgets:
            if widget is not self._go and widget.rect.colliderect(self._scroll.view):
                widget.draw(surface, self.theme, widget is self.focus.current)
        self._scroll.draw(surface, self.theme)
        surface.set_clip(None)
        self._paint_strip(surface)
        self._go.draw(surface, self.theme, self.focus.current is self._go)

    def _paint_page(self, surface: pygame.Surface) -> None:
        theme, margin = self.theme, self.theme.space(3)
        top, width = margin - self._scroll.offset, self.area.width - 2 * margin
        title = f"Train {self.start.name} further" if self.start else f"Train an agent for {self.info.title}"
        accent = style.readable(self.info.accent, style.GROUND)
        theme.text(surface, title, (margin, top), Size.TITLE, accent, max_width=width)
        if self.start is not None:
            room = pygame.Rect(margin, top + theme.line(Size.TITLE), width, self._more.rect.top - top)
            theme.paragraph(surface, self._history(self.start), room, Size.BODY, style.MUTED)
        if self._preview_fits:
            self._preview.draw(surface)
        for heading, position in self._headings:
            theme.text(surface, heading, position, Size.BODY, style.MUTED)

    def _history(self, start: Profile) -> str:
        told = f"Trained on {start.frames:,} game frames with the observation '{start.observation}'."
        if start.scorecard:
            told += f" Mean score in tests: {self.info.scored(number(start.scorecard['mean']))}."
        return f"{told} The network architecture stays the same."

    def _paint_strip(self, surface: pygame.Surface) -> None:
        theme, margin = self.theme, self.theme.space(3)
        surface.fill(style.PANEL, self._strip)
        surface.fill(style.LINE, (0, self._strip.top, self._strip.width, 1))
        rect = pygame.Rect(margin, self._strip.top + theme.space(1), 0, theme.line(Size.SMALL) * self._strip_lines)
        rect.width = self._go.rect.left - 2 * margin
        if self.problems:
            size = theme.line() * 3 // 4
            draw_icon(surface, "warning", (rect.left + size // 2, rect.top + size // 2), size, style.BAD)
            rect.left, rect.width = rect.left + size + theme.space(), rect.width - size - theme.space()
            theme.paragraph(surface, self._problem_words(), rect, Size.SMALL, style.BAD)
        else:
            theme.paragraph(surface, self._help(), rect, Size.SMALL, style.TEXT)

    def _problem_words(self) -> str:
        """Returns the problem of the focused field, else the first one, and the names of the other wrong fields."""
        current = self.focus.current
        own = current.error if isinstance(current, TextField) else ""
        told = own or self.problems[0]
        others = [field.setting.name for field, _ in self._fields if self.form.problem(field) not in ("", told)]
        return f"{told}. Also wrong: {', '.join(others)}" if others else told

    def _help(self) -> str:
        current = self.focus.current
        if isinstance(current, TextField | Stepper):
            return current.message
        chosen = f"{self.form.preset}, " if self.form.preset else ""
        return (
            f"{self.info.title}: {chosen}observation {self.form.observation}. "
            "Training continues while you play or watch. You can pause, save or stop it at any time."
        )

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (
            Hint(Button.CONFIRM, "Choose"),
            Hint(Button.NEXT, "Next"),
            Hint(Button.BACK, "Back"),
        )
