"""The contract of a scene, and the changes that it may ask of the stack of scenes.

Scenes return changes; only the window touches the stack.
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
        """How the scene wants its keys read now."""

    @property
    def game_played(self) -> str:
        """The id of the game that is played here, whose chosen keys are in force then; "" for none."""

    @property
    def shows_training(self) -> bool:
        """Whether the scene shows how the training goes, so that the window need not."""

    @property
    def focused(self) -> object:
        """The widget that has the focus, None if there is none."""

    def enter(self) -> None:
        """The scene is on top from now on: for the first time, or again because the one above has gone."""

    def handle(self, event: Input) -> "Change | None":
        """React to one input."""

    def update(self, seconds: float) -> "Change | None":
        """Move on by the time that has passed since the last call."""

    def draw(self, surface: "pygame.Surface") -> None:
        """Draw everything above the hint bar; `surface` is that area, already filled with the ground colour."""

    def redraw(self, surface: "pygame.Surface") -> "Sequence[pygame.Rect] | None":
        """Draw anew only what moves by itself, over what the last `draw` has left on the surface.

        Returns:
            Where something was drawn; None if more than that has changed, so that `draw` is needed.
        """

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now and what they do."""

    def leave(self) -> None:
        """The scene was taken off the stack; let go of what it holds."""


class Place:
    """A destination; the window knows the scene for it."""


@dataclass(frozen=True)
class Push:
    """Put a scene on top."""

    scene: Scene | Place


@dataclass(frozen=True)
class Replace:
    """Put a scene in the place of the top one."""

    scene: Scene | Place


@dataclass(frozen=True)
class Pop:
    """Take the top scene off; the one below goes on. The last one popped ends the arcade."""


@dataclass(frozen=True)
class Home:
    """Take off everything but the first scene."""


@dataclass(frozen=True)
class Quit:
    """End the arcade."""


Change = Push | Replace | Pop | Home | Quit
