"""The stack of scenes: the only one that pushes and pops."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from arcade.context import Context
from arcade.system.log import get_logger
from arcade.ui.scene import Change, Home, Place, Pop, Push, Quit, Replace, Scene
from arcade.window.navigation import scene_of


class SceneStack:
    """Scenes, each lying on the one that led to it; only the last one is seen.

    Args:
        context: What all scenes share.
        first: The first scenes, the last one on top.

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
        """The scene that is seen."""
        return self._scenes[-1]

    def opened(self, change: Change | None) -> Change | None:
        """Make the scene that a change leads to.

        Returns:
            The same change with that scene in it; None if it cannot be made, and the person is told why.
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
        """Change the stack as a scene asks; the one on top enters."""
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
        """Take all scenes off."""
        self._take_off(len(self))

    def _take_off(self, count: int) -> None:
        for _ in range(count):
            self._scenes.pop().leave()

    def _scene(self, wanted: Scene | Place) -> Scene:
        return scene_of(wanted, self._context) if isinstance(wanted, Place) else wanted
