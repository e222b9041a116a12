from typing import Any

import numpy as np
import pytest

from agents.own_model.model_input import ModelInput
from games.catch.rules import Catch
from games.game import ObservationSpec


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool"])
def test_whole_numbers_are_handed_over_as_the_model_takes_them(dtype: str) -> None:
    seen = ModelInput.of(Catch(5).info, (5, 5), None, dtype, None)
    typed = seen.typed(np.eye(5, dtype=np.float32)[None])
    assert typed.dtype == dtype and typed.sum() == 5


@pytest.mark.parametrize("value", [0.5, -1.0, 300.0])
def test_numbers_that_would_be_lost_are_told(value: Any) -> None:
    seen = ModelInput(ObservationSpec("features", (2,)), None, "uint8")
    with pytest.raises(ValueError, match=f"model: takes uint8, but features holds other numbers, such as {value}"):
        seen.typed(np.array([[1.0, value]], np.float32))
    assert ModelInput(seen.spec, None, "float32").typed(np.array([[value]], np.float32))[0, 0] == value
