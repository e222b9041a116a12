"""The stack of scenes; no other module pushes or pops scenes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from arcade.context import Context
from arcade.system.log import get_logger
from arcade.ui.scene import Change, Home, Place, Pop, Push, Quit, Replace, Scene
from arcade.window.navigation import scene_of


class SceneStack:
    """A stack of scenes, each on the scene that led to it. Only the top scene is visible.

    Args:
        context: Shared by all scenes.
        first: The first scenes or places, the last one on top.

    Raises:
        ValueError: One of the first places cannot be opened.
    """

    def __init__(self, context: Context, first: Sequence[Scene | Place]) -> None:
        self._context = context
        self._scenes = [self._scene(each) for each in first]

    def __len__(self) -> int:
        return len(self._scenes)

    def __getitem__(self, index: int) -> Scene:
        return self._scenes[index]

    def __iter__(self) -> Iterator[Scene]:
        return iter(self._scenes)

    @property
    def top(self) -> Scene:
        """The visible scene."""
        return self._scenes[-1]

    def opened(self, change: Change | None) -> Change | None:
        """Makes the scene that a change leads to.

        Returns:
            The same change with that scene in it; None if it cannot be made. Then a notice gives the reason.
        """
        if not isinstance(change, Push | Replace):
            return change
        try:
            return replace(change, scene=self._scene(change.scene))
        except ValueError as error:
            get_logger(__name__).warning("A place could not be opened", exc_info=error)
            self._context.notice(str(error))
            return None

    def obey(self, change: Change | None) -> None:
        """Applies a change to the stack; the new top scene enters."""
        change = self.opened(change)
        if change is None or not self._scenes:
            return
        if isinstance(change, Quit):
            self.clear()
        elif isinstance(change, Pop):
            self._take_off(1)
        elif isinstance(change, Home):
            self._take_off(len(self) - 1)
        else:
            if isinstance(change, Replace):
                self._take_off(1)
            self._scenes.append(self._scene(change.scene))
        if self._scenes:
            self.top.enter()

    def clear(self) -> None:
        """Removes all scenes."""
        self._take_off(len(self))

    def _take_off(self, count: int) -> None:
        for _ in range(count):
            self._scenes.pop().leave()

    def _scene(self, wanted: Scene | Place) -> Scene:
        return scene_of(wanted, self._context) if isinstance(wanted, Place) else wanted
