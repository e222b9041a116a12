"""Which devices there are, and how TensorFlow is set up for them. No test here needs a GPU."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.learning import devices

ROOT = Path(__file__).parents[3]


def test_the_cpu_can_be_asked_for() -> None:
    assert devices.devices_for("cpu") == (("CPU",), "the CPU was asked for")


def test_an_unknown_device_is_named() -> None:
    with pytest.raises(ValueError, match="device = 'tpu': must be auto, cpu or gpu"):
        devices.devices_for("tpu")


def test_a_missing_gpu_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_gpus", lambda: [])
    found, why = devices.devices_for("auto")
    assert (found, why[:6]) == (("CPU",), "no GPU")
    with pytest.raises(ValueError, match="device = 'gpu': no GPU"):
        devices.devices_for("gpu")


def test_a_gpu_is_tried_beside_the_cpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_gpus", lambda: ["GPU:0"])
    assert devices.devices_for("auto") == (("CPU", "GPU"), "1 GPU found")
    assert devices.devices_for("gpu") == (("GPU",), "the GPU was asked for")


@pytest.mark.parametrize(("system", "word"), [("Windows", "WSL2"), ("Darwin", "macOS")])
def test_systems_without_gpu_builds_are_named(monkeypatch: pytest.MonkeyPatch, system: str, word: str) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    assert word in devices.why_no_gpu()


@pytest.mark.parametrize(
    ("driver", "cuda", "words"),
    [
        (False, False, "no NVIDIA driver found"),
        (True, False, "built for CPUs; install the extra 'gpu'"),
        (True, True, "the driver is there, but TensorFlow cannot use it"),
    ],
)
def test_what_a_gpu_lacks_is_named(monkeypatch: pytest.MonkeyPatch, driver: bool, cuda: bool, words: str) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr(devices, "_gpus", lambda: [])
    monkeypatch.setattr("os.path.exists", lambda path: driver)
    monkeypatch.setattr(devices.tensorflow().sysconfig, "get_build_info", lambda: {"is_cuda_build": cuda})
    with pytest.raises(ValueError, match=f"device = 'gpu': no GPU: .*{words}"):
        devices.devices_for("gpu")


MEMORY_GROWTH = """
import tensorflow as tf
real, grown = tf.config.list_physical_devices, []

def grow(device, wanted):
    cpu = real("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()])  # refused after an op
    grown.append((device, wanted))

tf.config.list_physical_devices = lambda kind=None: ["first", "second"] if kind == "GPU" else real(kind)
tf.config.experimental.set_memory_growth = grow
from agents.learning.devices import tensorflow
tensorflow().constant(1) + 1
tensorflow()
print(grown)
"""


def test_memory_of_every_gpu_grows_and_is_told_so_once_before_the_first_operation() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY_GROWTH], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["[('first', True), ('second', True)]"], done.stderr


KERAS = """
import os, sys
from agents.learning.devices import tensorflow
tensorflow()
import keras
print(keras.config.backend(), os.environ.get("KERAS_BACKEND"), keras.config.image_data_format())
"""


@pytest.mark.parametrize(
    ("settings", "variable", "axes"),
    [
        ('{"backend": "jax", "image_data_format": "channels_first"}', "jax", "channels_first"),
        ('{"floatx": "bogus"}', None, "channels_last"),
        ("[1]", "torch", "channels_last"),
    ],
)
def test_keras_runs_on_tensorflow_whatever_other_programs_want(
    settings: str, variable: str | None, axes: str, tmp_path: Path
) -> None:
    (tmp_path / "keras.json").write_text(settings)
    theirs = {"KERAS_HOME": str(tmp_path)} | ({"KERAS_BACKEND": variable} if variable else {})
    surroundings = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"} | theirs
    command = [sys.executable, "-c", KERAS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=surroundings)
    assert done.stdout.split() == ["tensorflow", str(variable), axes], done.stderr
    assert (tmp_path / "keras.json").read_text() == settings


def test_a_script_that_loaded_keras_on_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    devices.tensorflow()
    monkeypatch.setattr("keras.config.backend", lambda: "jax")
    with pytest.raises(RuntimeError, match=r"Keras runs on jax here: must run on tensorflow \(KERAS_BACKEND="):
        devices._load_keras()


HEAPS = """
import ctypes, sys, threading
from agents.learning.devices import tensorflow

tensorflow()
libc, all_there, done = ctypes.CDLL(None), threading.Barrier(9), threading.Event()

def hold():
    block = bytearray(100_000)
    all_there.wait(60)
    done.wait(60)

for _ in range(8):
    threading.Thread(target=hold).start()
all_there.wait(60)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
done.set()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None) if sys.platform == "linux" else None, "malloc_info"), reason="glibc")
def test_threads_share_heaps(tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    command = [sys.executable, "-c", HEAPS, str(told)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert told.read_text().count("<heap nr=") <= devices._HEAPS


HELD = """
import os
from pathlib import Path
from agents.learning.devices import tensorflow

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

tf = tensorflow()
before = resident()
large = tf.ones(2**25) * 2.0
during = resident()
del large
print(during - before, resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_that_is_not_needed_any_more_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", HELD], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    during, after = map(int, done.stdout.split())
    assert during >= 2**27
    assert after < during - 2**26
