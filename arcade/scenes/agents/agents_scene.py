"""The list of agents, with a card of the selected one and buttons for everything that can be done with it."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pygame

from agents.storage.library import Entry
from agents.storage.profile import Profile, check_name
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.agents.agent_card import AgentCard
from arcade.scenes.dialogs import PromptScene
from arcade.scenes.places import Compare, History, Play, TrainSetup
from arcade.scenes.screen import Screen
from arcade.store.records import entry_mean
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.numbers import number
from arcade.ui.scene import Change, Pop, Push
from arcade.ui.style import Size
from arcade.ui.widgets import ListBox, PushButton
from games.game import GameInfo
from games.registry import game_ids, info_of


class AgentsScene(Screen):
    """The screen with the list of agents and the card of the selected one.

    Args:
        context: Shared by all scenes.
        game_id: Show only agents of this game; None shows all.
    """

    def __init__(self, context: Context, game_id: str | None = None) -> None:
        super().__init__(context)
        self.game_id = game_id
        self.info: GameInfo | None = info_of(game_id) if game_id else None
        self.card = AgentCard(context)
        self.list: ListBox[Entry] = ListBox(self._draw_row, on_select=self._select, on_choose=lambda _: self._watch())
        self.loading = True
        self._infos: dict[str, GameInfo | None] = {}  # None for games that are not installed
        self._asked: set[str] = set()  # games whose lookup is done or under way
        self._trashed: list[Path] = []  # deletions that can be undone, the latest at the end
        self._wanted: Path | None = None  # agent to select when the list is loaded
        self._make_buttons()

    def _make_buttons(self) -> None:
        self.watch = PushButton("Watch", self._watch, icon="play", main=True)
        self.further = PushButton("Train further", self._train_further)
        self.rename = PushButton("Rename", self._rename)
        self.duplicate = PushButton("Duplicate", self._duplicate)
        self.export = PushButton("Export", self._export)
        self.delete = PushButton("Delete", self._delete)
        self.imports = PushButton("Import", self._import)
        self.train = PushButton("Train an agent", self._train_first, icon="curve", main=True)
        self.learning = PushButton("How it learnt", self._show_learning, icon="curve")
        self.compare = PushButton("Compare", self._compare)
        self.actions = (
            self.watch, self.further, self.learning, self.compare,
            self.rename, self.duplicate, self.export, self.delete,
        )  # fmt: skip
        self._show_widgets()

    def _show_widgets(self) -> None:
        if self.list.items:
            fresh = self.list not in self.focus.widgets
            self.focus.set([self.list, *self.actions, self.imports], self.list if fresh else None)
        else:
            first = [self.train] if self.game_id else []
            self.focus.set([*first, self.imports])
        self.relayout()

    # The list

    def enter(self) -> None:
        """Reloads the list."""
        super().enter()
        self._read_list()

    def leave(self) -> None:
        """Ends the game on the card."""
        super().leave()
        self.card.clear()

    def _read_list(self) -> None:
        self.in_background(lambda: self.context.library.entries(self.game_id), self._show)

    def _show(self, entries: tuple[Entry, ...]) -> None:
        """Shows a new list with the same agent selected, even if its index has changed."""
        self.loading = False
        wanted_path = self._wanted or (self.list.selected.path if self.list.selected else None)
        wanted = next((index for index, entry in enumerate(entries) if entry.path == wanted_path), None)
        self._wanted = None
        self._look_up_games(entries)
        self.list.show(entries, wanted)
        self._show_widgets()
        if self.list.selected is not None:
            self._select(self.list.selected)

    def _select(self, entry: Entry) -> None:
        info = self._info_of(entry)
        accent = info.accent if info else style.ACCENT
        usable = entry.profile is not None and info is not None
        for button in (*self.actions, self.list):
            button.accent = accent
        for button in (self.watch, self.further, self.learning, self.compare, self.duplicate, self.export):
            button.enabled = usable
        self.rename.enabled = usable and not entry.shipped
        self.delete.enabled = not entry.shipped
        if self._is_known(entry):
            self.card.show(entry, info)
        else:
            self.card.clear()

    def _look_up_games(self, entries: Sequence[Entry]) -> None:
        """Looks up the games of agents. A third-party environment has to be made for that, which may take seconds."""
        for game_id in sorted(
            {entry.profile.game_id for entry in entries if entry.profile} - self._asked - self._infos.keys()
        ):
            self._asked.add(game_id)
            if game_id in game_ids():
                self._infos[game_id] = info_of(game_id)
            else:
                self.context.begin_game(partial(_look_up, game_id), partial(self._take_info, game_id))

    def _take_info(self, game_id: str, info: GameInfo | None) -> None:
        self._infos[game_id] = info
        entry = self.list.selected
        if not self.is_left and entry is not None and entry.profile and entry.profile.game_id == game_id:
            self._select(entry)

    def _is_known(self, entry: Entry) -> bool:
        return entry.profile is None or entry.profile.game_id in self._infos

    def _info_of(self, entry: Entry) -> GameInfo | None:
        return self._infos.get(entry.profile.game_id) if entry.profile else None

    # Actions on the selected agent

    def _open_with_agent(self, where: Callable[[Profile], Change]) -> None:
        """Loads the selected agent, then makes the change that `where` returns for it."""
        entry = self.list.selected
        if entry is not None and self.watch.enabled:
            library = self.context.library
            self.open_with(lambda: library.load(entry), lambda found: where(found.profile) if found.profile else None)

    def _watch(self) -> None:
        self._open_with_agent(lambda profile: Push(Play(profile.game(), profile)))

    def _train_further(self) -> None:
        self._open_with_agent(lambda profile: Push(TrainSetup(profile.game_id, profile)))

    def _show_learning(self) -> Change | None:
        entry = self.list.selected
        return Push(History(entry)) if entry is not None else None

    def _compare(self) -> Change | None:
        entry = self.list.selected
        if entry is None or entry.profile is None:
            return None
        return Push(Compare(entry.profile.game_id, entry))

    def _train_first(self) -> Change | None:
        return Push(TrainSetup(self.game_id)) if self.game_id else None

    def _rename(self) -> Change | None:
        entry = self.list.selected
        if entry is None:
            return None

        def done(name: str) -> Change:
            self._change(lambda: self.context.library.rename(entry, name))
            return Pop()

        accent = self.list.accent
        return Push(PromptScene(self.context, "Rename", "", entry.name, check_name, done, accent=accent, behind=self))

    def _duplicate(self) -> None:
        entry = self.list.selected
        if entry is not None:
            self._change(lambda: self.context.library.duplicate(entry))

    def _delete(self) -> None:
        entry = self.list.selected
        if entry is None or not self.delete.enabled:
            return

        def done(trashed: Path) -> None:
            self._trashed.append(trashed)
            self.context.notice(f"Deleted {entry.name}. Press X to undo")
            self._read_list()

        self.context.background(lambda: self.context.library.delete(entry), done)

    def _undo(self) -> None:
        if self._trashed:
            trashed = self._trashed.pop()
            self._change(lambda: self.context.library.restore(trashed))

    def _export(self) -> Change | None:
        entry = self.list.selected
        if entry is None:
            return None

        def done(text: str) -> Change:
            path = Path(text).expanduser()
            self.context.background(
                lambda: self.context.library.export(entry, path),
                lambda written: self.context.notice(f"Exported to {written}"),
            )
            return Pop()

        detail = "File or folder to save it to:"
        start = f"{_usual_folder()}{os.sep}"
        title = f"Export {entry.name}"
        return Push(PromptScene(self.context, title, detail, start, _some_path, done, "Export", path=True, behind=self))

    def _import(self) -> Change:
        def done(text: str) -> Change:
            path = Path(text).expanduser()
            self._change(lambda: self.context.library.import_file(path))
            return Pop()

        detail = "File to import. You can also drop a file on the window."
        start = f"{_usual_folder()}{os.sep}"
        title = "Import an agent"
        return Push(PromptScene(self.context, title, detail, start, _some_path, done, "Import", path=True, behind=self))

    def _change(self, work: Callable[[], Path]) -> None:
        """Changes the library in the background, then selects the agent whose path `work` returns."""

        def done(path: Path) -> None:
            self._wanted = path
            self._read_list()

        self.context.background(work, done)

    # Input and drawing

    def handle(self, event: Input) -> Change | None:
        """Handles the keys for delete and undo; passes on other input."""
        if event == Press(Button.DELETE):
            self._delete()
            return None
        if event == Press(Button.EXTRA):
            self._undo()
            return None
        return super().handle(event)

    def update(self, seconds: float) -> Change | None:
        """Lets the selected agent play on."""
        self.card.update(seconds)
        return super().update(seconds)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Redraws the game on the card only; nothing else moves."""
        return None if super().redraw(surface) is None else self.card.redraw(surface)

    def layout(self, area: pygame.Rect) -> None:
        """Places the list at the left, the card at the right, and the buttons below."""
        theme = self.theme
        margin, gap = theme.space(3), theme.space(1.5)
        top = margin + theme.line(Size.TITLE) + theme.space(0.5)
        height = theme.line() + theme.space(1.75)
        left_width = (area.width - 3 * margin) * 2 // 5
        bar = pygame.Rect(margin, top, area.width - 2 * margin, area.bottom - theme.space(2) - top)
        bottom = self._lay_out_actions(bar, height, gap) - theme.space(2)
        self.list.rect = pygame.Rect(margin, top, left_width, bottom - top)
        self.list.row_height = theme.line() + theme.line(Size.SMALL) + theme.space(2)
        self.list.gap = theme.space()
        self.card.rect = pygame.Rect(margin * 2 + left_width, top, area.width - 3 * margin - left_width, bottom - top)
        self.train.rect = pygame.Rect(margin, top + 2 * theme.line() + gap, self.train.width(theme), height)

    def _lay_out_actions(self, bar: pygame.Rect, height: int, gap: int) -> int:
        """Places equal buttons in as few rows as show every label whole; returns the y where they begin."""
        buttons = [*self.actions, self.imports] if self.list.items else [self.imports]
        widest = max(button.width(self.theme) for button in (*self.actions, self.imports))
        rows = -(-len(buttons) // max(1, (bar.width + gap) // (widest + gap)))
        columns = -(-len(buttons) // rows)
        width = min((bar.width - gap * (columns - 1)) // columns, 2 * widest)
        top = bar.bottom - rows * height - (rows - 1) * gap
        for index, button in enumerate(buttons):
            row, column = divmod(index, columns)
            button.rect = pygame.Rect(bar.left + column * (width + gap), top + row * (height + gap), width, height)
        return top

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the title, and the agent's card or a hint if there are no agents."""
        theme = self.theme
        title = f"{self.info.title} agents" if self.info else "Agents"
        colour = style.readable(self.info.accent, style.GROUND) if self.info else style.TEXT
        position = theme.space(3), theme.space(2)
        theme.text(surface, title, position, Size.TITLE, colour, max_width=self.area.width - theme.space(6))
        if self.list.items:
            self.card.draw(surface)
        else:
            self._paint_empty(surface)

    def _paint_empty(self, surface: pygame.Surface) -> None:
        theme = self.theme
        where = "Train one, and it appears here." if self.game_id else "Choose a game on the home screen and train one."
        room = pygame.Rect(theme.space(3), self.list.rect.top, self.area.width - theme.space(6), 2 * theme.line())
        words = style.LOADING if self.loading else f"No agents yet. {where}"
        theme.paragraph(surface, words, room, Size.BODY, style.MUTED)

    def _draw_row(self, surface: pygame.Surface, rect: pygame.Rect, entry: Entry, selected: bool) -> None:
        theme, info = self.theme, self._info_of(entry)
        theme.panel(surface, rect, style.RAISED if selected else style.PANEL)
        stripe = pygame.Rect(rect.left + theme.space(), rect.top + theme.space(), theme.space(0.75), 0)
        stripe.height = rect.height - 2 * theme.space()
        theme.pill(surface, stripe, info.accent if info else style.LINE)
        left, right = stripe.right + theme.space(1.25), rect.right - theme.space(1.5)
        mean = entry_mean(entry)
        if entry.profile is None or (info is None and self._is_known(entry)):
            sign = theme.line()
            draw_icon(surface, "warning", (right - sign // 2, rect.centery), sign, style.WARNING)
            right -= sign + theme.space()
        elif info is not None and mean is not None:
            ink = style.readable(info.accent, style.RAISED)
            shown = theme.text(surface, number(mean), (right, rect.centery), Size.BODY, ink, "midright")
            right = shown.left - theme.space()
        top = rect.centery - (theme.line() + theme.line(Size.SMALL)) // 2
        theme.text(surface, entry.name, (left, top), Size.BODY, style.TEXT, max_width=right - left)
        variants = _describe(entry, info) if self._is_known(entry) else (style.LOADING,)
        words = next((each for each in variants if theme.width(each, Size.SMALL) <= right - left), variants[-1])
        theme.text(surface, words, (left, top + theme.line()), Size.SMALL, style.MUTED, max_width=right - left)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        hints = [Hint(Button.CONFIRM, "Watch" if self.focus.current is self.list else "Choose")]
        if self.list.items and self.delete.enabled:
            hints.append(Hint(Button.DELETE, "Delete"))
        if self._trashed:
            hints.append(Hint(Button.EXTRA, "Undo delete"))
        return (*hints, Hint(Button.NEXT, "Next"), Hint(Button.BACK, "Back"))


def _look_up(game_id: str) -> GameInfo | None:
    try:
        return info_of(game_id)
    except ValueError:
        return None


def _describe(entry: Entry, info: GameInfo | None) -> tuple[str, ...]:
    """Returns a line about an agent, followed by shorter variants of it."""
    if entry.profile is None:
        return entry.problem, "cannot be used"
    if info is None:
        return f"The game {entry.profile.game_id} is not installed", "not installed"
    origin = "comes with the arcade" if entry.shipped else entry.profile.changed[:10]
    return f"{info.title} · {entry.profile.observation} · {origin}", f"{info.title} · {origin}", info.title


def _usual_folder() -> Path:
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.home()


def _some_path(text: str) -> str:
    if not text.strip():
        raise ValueError("Type the name of a file or folder")
    return text
