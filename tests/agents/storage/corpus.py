"""Hostile files, made by code: what a stranger may send in the place of an agent, or of its run.

Run with a folder, this plays the part of a program that meets them: it tries to use each in every way there is, and
reports what it did that it must not do.
"""

import gzip
import io
import json
import os
import pickle
import resource
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from agents.errors import ProfileError, StorageError
from agents.storage import container, resume
from agents.storage.container import MAX_FILE, MAX_HEADER, pack, unpack
from agents.storage.library import Library
from agents.storage.profile import read, read_header, to_bytes
from tests.agents.storage.profiles import make_profile

PROFILE = make_profile()
DATA = to_bytes(PROFILE)
MARK = "hostile-code-ran"


class _Payload:
    def __reduce__(self) -> Any:
        return os.system, (f"touch {MARK}",)


def _pickled() -> bytes:
    return pickle.dumps(_Payload())


def _numpy_objects() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([_Payload()], dtype=object), allow_pickle=True)
    return file.getvalue()


def _zipped(names: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return file.getvalue()


def _tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        link = tarfile.TarInfo("../../escape")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return file.getvalue()


def _keras_archive() -> bytes:
    layer = {"class_name": "Lambda", "config": {"function": ["__import__('os').system('touch " + MARK + "')"]}}
    return _zipped({"config.json": json.dumps({"layers": [layer]}).encode(), "model.weights.h5": b"\x89HDF\r\n\x1a\n"})


def _with_header(text: bytes, data: bytes = b"") -> bytes:
    return len(text).to_bytes(8, "little") + text + data


def _tensors(entries: dict[str, Any], data: bytes = b"") -> bytes:
    """A container with true metadata and other arrays."""
    header = json.loads(DATA[8 : 8 + int.from_bytes(DATA[:8], "little")])
    return _with_header(json.dumps({"__metadata__": header["__metadata__"], **entries}).encode(), data)


def _document(**changes: Any) -> bytes:
    """An agent whose document says something else, sealed as if it were true."""
    return pack(unpack(DATA)[0] | changes, PROFILE.weights)


def _entry(shape: list[int], length: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, length]}


def _nan_weights() -> bytes:
    weights = {name: np.full_like(values, np.nan) for name, values in PROFILE.weights.items()}
    return pack(unpack(DATA)[0], weights)


BYTES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "pickle": _pickled,
    "pickle in a header": lambda: _with_header(_pickled()),
    "numpy objects": _numpy_objects,
    "keras": _keras_archive,
    "hdf5": lambda: b"\x89HDF\r\n\x1a\n" + bytes(2000),
    "zip bomb": lambda: _zipped({"bomb": bytes(30 * 2**20)}),
    "gzip bomb": lambda: gzip.compress(bytes(30 * 2**20)),
    "zip with paths": lambda: _zipped({"../../escape": b"x", "/etc/passwd": b"x"}),
    "tar with a link": _tarred,
    "python": lambda: b"import os; os.system('touch " + MARK.encode() + b"')\n",
    "header without end": lambda: (2**63 - 1).to_bytes(8, "little") + b"{" * 100,
    "large header": lambda: _with_header(b" " * (MAX_HEADER + 1)),
    "large zeros": lambda: bytes(MAX_FILE),
    "deep list": lambda: _with_header(b"[" * (MAX_HEADER - 10)),
    "deep group": lambda: _with_header(b'{"a":' * 200_000),
    "endless string": lambda: _with_header(b'"' + b'\\"' * 500_000),
    "endless number": lambda: _with_header(b'{"a":' + b"9" * 1_000_000 + b"}"),
    "many names": lambda: _tensors({f"t{number}": _entry([1], 4) for number in range(9_000)}, bytes(4)),
    "huge shape": lambda: _tensors({"output/kernel": _entry([2**31, 2**31], 2**64)}),
    "huge product": lambda: _tensors({"output/kernel": _entry([65_536] * 4, 2**62)}),
    "negative shape": lambda: _tensors({"output/kernel": _entry([-1, -4], 16)}, bytes(16)),
    "beyond the end": lambda: _tensors({"output/kernel": _entry([5, 2], 40)}, bytes(4)),
    "objects as numbers": lambda: _tensors({"output/kernel": _entry([1], 8, "O")}, bytes(8)),
    "other numbers": lambda: _tensors({"output/kernel": _entry([5, 2], 80, "F64")}, bytes(80)),
    "arrays named like paths": lambda: _tensors({"../../escape": _entry([1], 4)}, bytes(4)),
    "not finite": _nan_weights,
    "code as a network": lambda: _document(architecture={"kind": "lambda", "function": "__import__('os')"}),
    "huge network": lambda: _document(architecture=PROFILE.architecture.to_dict() | {"hidden": [4096] * 16}),
    "code as a setting": lambda: _document(config={"optimizer": "__import__('os').system('x')"}),
    "an id like a path": lambda: _document(id="../../../../escape"),
    "a name of two lines": lambda: _document(name="a\nb"),
    "a long name": lambda: _document(name="x" * 100_000),
    "an endless curve": lambda: _document(curve=[[0, 0]] * 5_000),
    "deep settings": lambda: _document(game_settings={"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}),
    "a run as an agent": lambda: b"".join(container.pack_parts({}, {}, resume._LIMITS)),
}  # fmt: skip


def _lay_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


def make_corpus(folder: Path) -> None:
    """Write all of them into a folder, and beside them what is no file at all."""
    folder.mkdir(parents=True)
    for name, make in BYTES.items():
        (folder / f"{name}.agent").write_bytes(make())
    outside = folder.parent / "outside.agent"
    outside.write_bytes(DATA)
    places: dict[str, Callable[[Path], None]] = {
        "link": lambda path: path.symlink_to(outside),
        "link to a device": lambda path: path.symlink_to("/dev/zero"),
        "broken link": lambda path: path.symlink_to("nowhere"),
        "pipe": os.mkfifo,
        "folder": Path.mkdir,
        "too large": _lay_large,
    }
    for name, lay in places.items():
        lay(folder / f"{name}.agent")


FORBIDDEN = ("exec", "compile", "os.", "subprocess.", "socket.", "ctypes.", "pickle.", "marshal.", "code.", "shutil.")
ALLOWED = ("os.listdir", "os.scandir", "os.rename", "os.mkdir", "os.remove", "os.link", "os.symlink")
"""What the library does itself, within its own folder."""


class Guard:
    """Watches what the interpreter does, as its audit hook.

    Attributes:
        crimes: What was done that must not be done.
    """

    def __init__(self, *folders: Path) -> None:
        self.crimes: list[str] = []
        self.watching = False
        self._folders = tuple(f"{folder}{os.sep}" for folder in folders)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        if event.startswith(FORBIDDEN) and not event.startswith(ALLOWED):
            self.crimes.append(f"{event} {arguments!r:.200}")
        if event in ("open", *ALLOWED) and arguments and not isinstance(arguments[0], int):
            path = os.path.normpath(os.path.abspath(os.fsdecode(arguments[0])))
            if not f"{path}{os.sep}".startswith(self._folders):
                self.crimes.append(f"{event} {path}")


def meet(paths: list[Path], folder: Path) -> dict[str, Any]:
    """Try to use every file in every way; returns crimes, acceptances, and the largest cost."""
    library = Library(folder / "library")
    library.save(PROFILE)  # so that all is loaded that is needed for a true agent
    library.save_run({"frames": 1, "rows": np.ones(3)}, library.folder / "Pat.agent", PROFILE)
    library.duplicate(library.load(library.entries()[0]))
    assert library.resume_point(PROFILE)
    for path in (folder / "corpus", library.folder):
        for use in _uses(library, path / "nothing.agent"):
            with suppress(StorageError):
                use()
    guard = Guard(folder)
    sys.addaudithook(guard)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    accepted, described, wrong, slowest = [], [], [], 0.0
    guard.watching = True
    for path in paths:
        for use in _uses(library, path):
            started = time.process_time()
            try:
                use()
            except StorageError as error:
                if "\n" in str(error):
                    wrong.append(f"{path.name}: more than one line")
            except BaseException as error:
                wrong.append(f"{path.name}: {type(error).__name__}: {error}")
            else:
                accepted.append(path.name)
            slowest = max(slowest, time.process_time() - started)
        with suppress(StorageError):
            described.append(read_header(path).name and path.stem)
    listed = [entry.path.stem for entry in Library(folder / "corpus").entries() if entry.profile]
    guard.watching = False
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report = {"crimes": guard.crimes, "accepted": accepted, "described": described, "listed": listed, "wrong": wrong}
    return report | {"slowest": slowest, "mebibytes": memory, "left": sorted(each.name for each in folder.iterdir())}


def _uses(library: Library, path: Path) -> list[Callable[[], object]]:
    agent = library.folder / "Pat.agent"

    def as_a_run() -> None:
        run = agent.with_suffix(resume.SUFFIX)
        run.unlink(missing_ok=True)
        if not os.path.lexists(path):
            raise ProfileError("there is none")
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_FILE:
            run.write_bytes(path.read_bytes())
        else:
            run.symlink_to(path)
        if library.resume_point(PROFILE) is None:
            raise ProfileError("it is not the run of this agent")

    return [
        lambda: read(path),
        lambda: library.import_file(path),
        lambda: library.find(str(path)),
        as_a_run,
    ]


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    os.chdir(place)
    if (child := os.fork()) == 0:  # the memory that it takes to make them does not count
        make_corpus(place / "corpus")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    print(json.dumps(meet(sorted((place / "corpus").iterdir()), place)))
