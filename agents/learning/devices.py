"""TensorFlow and its devices: finds GPUs, sets it up once, and says in words what was found."""

import ctypes
import os
import platform
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType

_SETUP = threading.Lock()
_M_ARENA_MAX = -8  # of glibc's mallopt
_HEAPS = 2


def tensorflow() -> ModuleType:
    """TensorFlow, imported on first use and set up before its first operation: memory of GPUs grows as needed.

    Raises:
        RuntimeError: A script has loaded Keras already, on something else than TensorFlow.
    """
    with _SETUP:
        return _set_up()


def limit_threads(count: int) -> None:
    """Have TensorFlow use so many threads at most, 0 for as many as it likes; comes too late once it is loaded."""
    if count:
        os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = str(count)


def warm_up() -> None:
    """Load TensorFlow and Keras ahead of time; for a background thread."""
    tensorflow()


@cache
def _set_up() -> ModuleType:
    _share_heaps()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # oneDNN's own allocator is no faster, and what it once took it keeps: 110 MB after one training from pixels.
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    _load_keras()  # its import takes a second: better now than at the first network
    import tensorflow as tf

    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    module: ModuleType = tf
    return module


def _load_keras() -> None:
    """Load Keras on TensorFlow, whatever a person's other programs want of it; nothing of theirs is changed.

    Raises:
        RuntimeError: It is loaded already, on something else.
    """
    with _environment("KERAS_BACKEND", "tensorflow"):
        try:
            import keras
        except (AttributeError, TypeError, ValueError):  # of a keras.json that Keras does not understand
            with _environment("KERAS_HOME", os.devnull):
                import keras
    if (found := keras.config.backend()) != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {found} here: must run on tensorflow (KERAS_BACKEND=tensorflow, before keras is imported)"
        )


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """A variable of the environment has another value for a moment."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def _share_heaps() -> None:
    """Let all threads share a few heaps of the C library, where it is glibc.

    It would give nearly every thread of TensorFlow a heap of its own, and what a training leaves free in each lies in
    pieces: 360 MB after two hours of changing trainings with two heaps, 480 MB without. Updates are as fast with them.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):  # musl has none
        mallopt(_M_ARENA_MAX, _HEAPS)


def devices_for(wish: str) -> tuple[tuple[str, ...], str]:
    """The devices that may be used, as TensorFlow names them, and why these.

    Args:
        wish: "auto" for all there are, "cpu" or "gpu".

    Raises:
        ValueError: An unknown wish, or a GPU that is not there; says why it is not.
    """
    if wish not in ("auto", "cpu", "gpu"):
        raise ValueError(f"device = {wish!r}: must be auto, cpu or gpu")
    if wish == "cpu":
        return ("CPU",), "the CPU was asked for"
    gpus = len(_gpus())
    if wish == "gpu":
        if not gpus:
            raise ValueError(f"device = 'gpu': {why_no_gpu()}")
        return ("GPU",), "the GPU was asked for"
    if not gpus:
        return ("CPU",), why_no_gpu()
    return ("CPU", "GPU"), f"{gpus} GPU{'s' * (gpus > 1)} found"


def _gpus() -> list[object]:
    return list(tensorflow().config.list_logical_devices("GPU"))


def why_no_gpu() -> str:
    """The reason that TensorFlow sees no GPU, in plain words."""
    if platform.system() == "Windows":
        return "no GPU: TensorFlow has none on native Windows; run the arcade in WSL2 to use one"
    if platform.system() == "Darwin":
        return "no GPU: TensorFlow is built without one for macOS"
    if not os.path.exists("/proc/driver/nvidia/version") and not os.path.exists("/dev/dxg"):
        return "no GPU: no NVIDIA driver found"
    if not tensorflow().sysconfig.get_build_info().get("is_cuda_build", False):
        return "no GPU: this TensorFlow is built for CPUs; install the extra 'gpu'"
    return "no GPU: the driver is there, but TensorFlow cannot use it; install the extra 'gpu'"
