"""What the network sees, made visible."""

import numpy as np
import pygame
import pytest

from arcade.scenes.training.live_games import pack
from arcade.ui import style
from arcade.ui.observation_view import (
    LOWERS,
    RAISES,
    ObservationView,
    describe,
    grey,
    layer_colours,
    light,
    marked,
    overlay,
    side_by_side,
    strongest,
)
from arcade.ui.style import Theme
from games.batch import GameBatch
from games.game import PIXELS_SPEC, ObservationSpec
from games.registry import game_ids, make


def test_kinds_are_described_in_words() -> None:
    assert describe(ObservationSpec("features", (5,))) == "5 numbers"
    assert describe(ObservationSpec("grid", (12, 10, 4))) == "a grid of 12×10 in 4 layers"
    assert "last 4 pictures" in describe(PIXELS_SPEC)
    begun = ObservationSpec("ahead", (22,), "uint8", picture=(3, 3, 2))
    assert describe(begun) == "3×3 cells in 2 layers, 4 marks below"


def test_strength_is_scaled_from_the_kinds_own_range() -> None:
    grey = light(np.array([[0, 255]], np.uint8), ObservationSpec("grid", (1, 2), "uint8", 0, 255))
    assert grey.tolist() == [[[0.0], [1.0]]]
    assert light(np.array([[-1.0, 1.0]]), ObservationSpec("grid", (1, 2), low=-1)).ravel().tolist() == [0.0, 1.0]


def test_a_wall_gets_a_quiet_colour_and_things_bright_ones() -> None:
    layers = np.zeros((10, 10, 3), np.float32)
    layers[4, 4, 0] = layers[2, 2, 1] = 1
    layers[:, :4, 2] = 1
    colours = layer_colours(layers)
    assert colours[2] == style.LINE and style.LINE not in colours[:2] and colours[0] != colours[1]
    picture = overlay(layers, colours)
    assert tuple(picture[4, 4]) == colours[0] and tuple(picture[0, 0]) == style.LINE
    assert tuple(picture[9, 9]) == style.BAR


def test_frames_stand_side_by_side_oldest_first() -> None:
    frames = np.stack([np.full((3, 3), value, np.float32) for value in (0.0, 0.2, 0.6, 1.0)], axis=2)
    picture = grey(side_by_side(frames, 2))
    assert picture.shape == (8, 8, 3)
    assert [int(picture[y, x, 0]) for y, x in ((0, 0), (0, 7), (7, 0), (7, 7))] == [0, 51, 153, 255]


@pytest.mark.parametrize("game_id", game_ids())
def test_every_kind_of_every_game_can_be_seen_and_changes(game_id: str) -> None:
    game, theme, surface = make(game_id), Theme(), pygame.Surface((300, 240))
    for kind in game.info.kinds:
        batch = GameBatch(game, 1, 3, observation=kind)
        eye = ObservationView(game.info.observation(kind), game.info.accent)
        eye.rect = pygame.Rect(10, 10, 280, 220)
        pictures = set()
        for _ in range(6):
            surface.fill(style.GROUND)
            eye.draw(surface, theme, batch.observe()[0])
            pictures.add(pygame.image.tobytes(surface, "RGB"))
            batch.step(batch.legal_actions().argmax(axis=1))
        assert len(pictures) > 1, kind


def test_the_layer_that_matters_most_speaks_for_a_cell() -> None:
    gradient = np.array([[[0.1, -0.5, 0.2], [0.0, 0.0, 0.3]]], np.float32)
    assert strongest(gradient).tolist() == pytest.approx(np.array([[-0.5, 0.3]]))


def test_what_raises_and_what_lowers_a_value_are_marked_and_the_rest_is_dimmed() -> None:
    picture = np.full((1, 3, 3), 200, np.uint8)
    found = marked(picture, np.array([[1.0, -1.0, 0.0]], np.float32))
    assert [tuple(each) for each in found[0]] == [RAISES, LOWERS, (100, 100, 100)]


@pytest.mark.parametrize("game_id", game_ids())
def test_marks_lie_over_every_kind_of_every_game(game_id: str) -> None:
    game, theme = make(game_id), Theme()
    for kind in game.info.kinds:
        spec = game.info.observation(kind)
        eye = ObservationView(spec, game.info.accent)
        eye.rect = pygame.Rect(10, 10, 280, 220)
        pictures = []
        for number in (None, 0, spec.shape[0] - 1):
            moves = None
            if number is not None:
                moves = np.zeros(spec.shape, np.float32)
                moves[number] = -1
            surface = pygame.Surface((300, 240))
            batch = GameBatch(game, 1, 3, observation=kind)
            eye.draw(surface, theme, batch.observe()[0], moves)
            shown = pygame.surfarray.array3d(surface)
            pictures.append(shown.tobytes())
            assert (shown == LOWERS).all(axis=2).any() == (number is not None), kind
        assert len(set(pictures)) == 3, kind  # another input, another place


@pytest.mark.parametrize("game_id", game_ids())
def test_every_number_and_layer_has_a_name(game_id: str) -> None:
    for spec in make(game_id).info.observations:
        shape = spec.picture or spec.shape
        parts = shape[-1] if len(shape) in (1, 3) else 0
        assert len(spec.names) == parts


@pytest.mark.parametrize("aspect", [(1, 1), (9, 16), (3, 2)])
@pytest.mark.parametrize("size", [(470, 170), (150, 460), (60, 40)])
@pytest.mark.parametrize("count", [1, 4, 9])
def test_packed_pictures_fit(count: int, size: tuple[int, int], aspect: tuple[int, int]) -> None:
    columns, rows, width, height = pack(count, size, aspect, 4)
    assert columns * rows >= count and min(width, height) > 0
    assert columns * (width + 4) - 4 <= size[0] and rows * (height + 4) - 4 <= size[1]
