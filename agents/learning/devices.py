"""TensorFlow and its devices: sets TensorFlow up once, finds GPUs, and explains the result in plain words."""

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
    """Return TensorFlow, imported at the first use and set up so that it takes GPU memory only as needed.

    Raises:
        RuntimeError: A script has loaded Keras already, with another backend than TensorFlow.
    """
    with _SETUP:
        return _set_up()


def limit_threads(count: int) -> None:
    """Limit the number of TensorFlow's threads, 0 for no limit; has no effect once TensorFlow is loaded."""
    if count:
        os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = str(count)


def warm_up() -> None:
    """Load TensorFlow and Keras ahead of their first use, in a background thread."""
    tensorflow()


@cache
def _set_up() -> ModuleType:
    _share_heaps()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # oneDNN's own allocator is no faster and never frees its memory: 110 MB after one training from pixels.
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    _load_keras()  # its import takes a second, which would otherwise delay the first network
    import tensorflow as tf

    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    module: ModuleType = tf
    return module


def _load_keras() -> None:
    """Load Keras with TensorFlow as its backend, without changing the user's own settings of Keras.

    Raises:
        RuntimeError: Keras is loaded already, with another backend.
    """
    with _environment("KERAS_BACKEND", "tensorflow"):
        try:
            import keras
        except (AttributeError, TypeError, ValueError):  # the user's keras.json is not valid
            with _environment("KERAS_HOME", os.devnull):
                import keras
    if (found := keras.config.backend()) != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {found} here: must run on tensorflow (KERAS_BACKEND=tensorflow, before keras is imported)"
        )


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable within the context."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def _share_heaps() -> None:
    """Make all threads share two heaps if the C library is glibc.

    By default nearly every thread of TensorFlow gets a heap of its own, and freed memory stays fragmented in each. Two
    hours of changing training runs take 360 MB with two heaps and 480 MB without; updates are equally fast.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):  # musl has none
        mallopt(_M_ARENA_MAX, _HEAPS)


def devices_for(wish: str) -> tuple[tuple[str, ...], str]:
    """Return the devices that may be used, by TensorFlow's names, and the reason.

    Args:
        wish: "auto" for all devices, "cpu" or "gpu".

    Raises:
        ValueError: The wish is unknown, or TensorFlow sees no GPU; the message says why.
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
    """Return why TensorFlow sees no GPU, in plain words."""
    if platform.system() == "Windows":
        return "no GPU: TensorFlow supports none on native Windows; run the arcade in WSL2 to use one"
    if platform.system() == "Darwin":
        return "no GPU: TensorFlow for macOS supports none"
    if not os.path.exists("/proc/driver/nvidia/version") and not os.path.exists("/dev/dxg"):
        return "no GPU: no NVIDIA driver found"
    if not tensorflow().sysconfig.get_build_info().get("is_cuda_build", False):
        return "no GPU: this TensorFlow is built for CPUs; install the extra 'gpu'"
    return "no GPU: the driver is there, but TensorFlow cannot use it; install the extra 'gpu'"
