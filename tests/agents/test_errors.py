"""The reason in pages of TensorFlow and Keras. No TensorFlow is needed: the pages are as it writes them."""

import errno

import pytest

from agents.errors import LONGEST, DamagedProfileError, DivergedError, ProfileError, StorageError, in_words, reason_of
from agents.storage.entries import UnknownAgentError
from agents.storage.resume import UnusableRunError
from agents.storage.runs import HeldElsewhereError

IN_USER_CODE = """in user code:

    File "/a/model_learner.py", line 139, in _update  **
        outputs = network.model(observation, training=True)
    File "/a/keras/src/utils/traceback_utils.py", line 122, in error_handler
        raise e.with_traceback(filtered_tb) from None

    AttributeError: Exception encountered when calling Bad2.call().

    \x1b[1m'SymbolicTensor' object has no attribute 'nothing_here'\x1b[0m

    Arguments received by Bad2.call():
      • x=tf.Tensor(shape=(4, 100), dtype=float32)
"""
GRAPH = """Graph execution error:

Detected at node while/conv2d/Conv2D defined at (most recent call last):
  File "/a/script.py", line 53, in <module>

  File "/a/model_learner.py", line 87, in learn

The Conv2D op currently only supports the NHWC tensor format on the CPU. The op was given the format: NCHW
\t [[{{node while/conv2d/Conv2D}}]] [Op:__inference__updates_123]"""
PYTHON_FUNCTION = """Graph execution error:

Detected at node EagerPyFunc defined at (most recent call last):
  File "/a/script.py", line 53, in <module>

ValueError: python function failed on purpose
Traceback (most recent call last):

  File "/a/script_ops.py", line 267, in __call__
    return func(device, token, args)
           ^^^^^^^^^^^^^^^^^^^^^^^^^
"""
STAGED = """in user code:

    File "/a/script.py", line 42, in <lambda>
        loss=lambda a,b: 1/0

    ZeroDivisionError: division by zero
"""
ROOTS = """2 root error(s) found.
  (0) INTERNAL:  libdevice not found at ./libdevice.10.bc
\t [[{{node cluster_1}}]]
  (1) INTERNAL:  libdevice not found at ./libdevice.10.bc"""


class StagingError(Exception):
    """As TensorFlow calls errors that it cannot make anew."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AttributeError(IN_USER_CODE), "AttributeError: 'SymbolicTensor' object has no attribute 'nothing_here'"),
        (
            ValueError(GRAPH),
            "ValueError: The Conv2D op currently only supports the NHWC tensor format on the CPU. "
            "The op was given the format: NCHW",
        ),
        (StagingError(PYTHON_FUNCTION), "ValueError: python function failed on purpose"),
        (StagingError(STAGED), "ZeroDivisionError: division by zero"),
        (RuntimeError(ROOTS), "RuntimeError: (0) INTERNAL: libdevice not found at ./libdevice.10.bc"),
        (ValueError("Shapes differ:\n  (3,) and (4,)\nmore"), "ValueError: Shapes differ: (3,) and (4,)"),
        (
            ValueError("Cannot reshape for '{{node a/Reshape}} = Reshape[T=DT_FLOAT](x, y)' with input shapes: [4]"),
            "ValueError: Cannot reshape with input shapes: [4]",
        ),
        (
            TypeError("Could not automatically infer the output shape of 'x'. Error encountered:\n\nmine"),
            "TypeError: mine",
        ),
        (ValueError("libdevice not found\nand a page of details"), "ValueError: libdevice not found"),
        (KeyError("mine"), "KeyError: 'mine'"),
        (MemoryError(), "MemoryError"),
        (ValueError("in user code:\n\n"), "ValueError"),
    ],
)
def test_the_line_that_tells_is_found(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_a_reason_is_one_short_line() -> None:
    told = reason_of(ValueError("word " * 1000))
    assert len(told) == LONGEST and told.endswith("…") and "\n" not in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("grid = 3:\n  too small"), "grid = 3: too small"),
        (RuntimeError("out of luck"), "RuntimeError: out of luck"),
        (AssertionError(), "AssertionError"),
        (MemoryError(), "not enough memory"),
        (MemoryError("8 GiB"), "not enough memory: 8 GiB"),
        (OSError(errno.ENOSPC, "No space", "x.agent"), "x.agent: the disk is full"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "Connection reset by peer"),
        (OSError("gone"), "gone"),
        (SystemExit("licence missing"), "SystemExit: licence missing"),
    ],
)
def test_every_failure_is_one_line(error: BaseException, words: str) -> None:
    assert in_words(error) == words


def test_pages_are_cut() -> None:
    assert len(in_words(RuntimeError("word " * 1_000))) == LONGEST


@pytest.mark.parametrize("kind", [ArithmeticError, ValueError])
def test_networks_that_blow_up_are_caught_as_they_always_were(kind: type[Exception]) -> None:
    with pytest.raises(kind, match="the loss is nan"):
        raise DivergedError("the loss is nan")
    assert in_words(DivergedError("the loss is nan")) == "the loss is nan"


@pytest.mark.parametrize("kind", [ProfileError, DamagedProfileError, UnknownAgentError])
def test_what_is_wrong_with_an_agent_is_a_profile_error(kind: type[Exception]) -> None:
    assert issubclass(kind, ProfileError) and issubclass(kind, StorageError)


@pytest.mark.parametrize("kind", [UnusableRunError, HeldElsewhereError])
def test_what_is_wrong_with_a_run_is_no_profile_error(kind: type[Exception]) -> None:
    assert issubclass(kind, StorageError) and not issubclass(kind, ProfileError)


def test_a_storage_error_is_told_in_its_own_words() -> None:
    assert issubclass(StorageError, ValueError)
    assert (
        in_words(StorageError("cannot save Pat.agent: the disk is full")) == "cannot save Pat.agent: the disk is full"
    )
