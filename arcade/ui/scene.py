"""The scene protocol, and the changes of the stack of scenes that a scene can return.

Scenes return changes; only the window changes the stack.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from arcade.input.controls import Hint, Input, Keys

if TYPE_CHECKING:
    import pygame


class Scene(Protocol):
    """One screen of the arcade."""

    @property
    def keys(self) -> Keys:
        """The way in which the scene reads keys now."""

    @property
    def game_played(self) -> str:
        """The id of the game played here, "" for none. The keys chosen for that game are in force."""

    @property
    def shows_training(self) -> bool:
        """Whether the scene shows the training run, so that the window need not."""

    @property
    def focused(self) -> object:
        """The focused widget, None for none."""

    def enter(self) -> None:
        """Called when the scene comes to the top of the stack, also when the scene above it was removed."""

    def handle(self, event: Input) -> "Change | None":
        """Reacts to one input."""

    def update(self, seconds: float) -> "Change | None":
        """Advances the scene by the time since the last call."""

    def draw(self, surface: "pygame.Surface") -> None:
        """Draws everything above the hint bar; `surface` is that area, already filled with the background colour."""

    def redraw(self, surface: "pygame.Surface") -> "Sequence[pygame.Rect] | None":
        """Redraws only the moving parts, over the result of the last `draw` on the surface.

        Returns:
            The changed rectangles; None if more has changed, so that `draw` is needed.
        """

    def hints(self) -> tuple[Hint, ...]:
        """Returns the keys that act now and their effects."""

    def leave(self) -> None:
        """Releases the scene's resources. Called when it is removed from the stack."""


class Place:
    """A destination of navigation. The window makes the scene for it."""


@dataclass(frozen=True)
class Push:
    """A change that puts a scene on top of the stack."""

    scene: Scene | Place


@dataclass(frozen=True)
class Replace:
    """A change that replaces the top scene."""

    scene: Scene | Place


@dataclass(frozen=True)
class Pop:
    """A change that removes the top scene. Removing the last scene ends the arcade."""


@dataclass(frozen=True)
class Home:
    """A change that removes all scenes but the first."""


@dataclass(frozen=True)
class Quit:
    """A change that ends the arcade."""


Change = Push | Replace | Pop | Home | Quit
