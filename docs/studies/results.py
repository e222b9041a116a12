"""The results of a study in a JSON file, which is replaced atomically."""

import json
import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docs.studies.study import Row, Run

Machine = dict[str, Any]
"""Processor, cores, graphics card and versions, on which times depend."""


class OtherMachineError(Exception):
    """The results are from another machine, whose times cannot be compared."""


class Results:
    """The rows of a study and their file.

    Args:
        path: The file; it may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.machine: Machine = {}
        self.rows: list[Row] = []
        if path.exists():
            content = json.loads(path.read_text(encoding="utf-8"))
            self.machine, self.rows = content["machine"], content["rows"]

    def has(self, run: Run) -> bool:
        """Whether there is a result of this run with the same hyper-parameters."""
        identity = run.identity()
        return any(all(row[name] == value for name, value in identity.items()) for row in self.rows)

    def check(self, this: Machine) -> None:
        """Check that the results so far were measured on this machine.

        Raises:
            OtherMachineError: They were not.
        """
        if self.rows and self.machine != this:
            raise OtherMachineError(
                f"{self._path} was measured on {self.machine}, this is {this}: choose another folder with --results"
            )

    def add(self, row: Row, this: Machine) -> None:
        """Add a row and save. It replaces an outdated row of the same run with other hyper-parameters."""
        self.rows = [known for known in self.rows if _place(known) != _place(row)] + [row]
        self.machine = this
        self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"machine": self.machine, "rows": self.rows}, indent=1, allow_nan=False)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(text + "\n", encoding="utf-8")
        os.replace(temporary, self._path)


def _place(row: Row) -> tuple[Any, ...]:
    return row["game"], row["observation"], row["variant"], row["seed"]


def machine() -> Machine:
    """Return the description of this machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "gpu": _gpu(),
        "python": platform.python_version(),
        "tensorflow": version("tensorflow"),
    }


def _processor() -> str:
    """Return the product name of the processor, which Python's `platform` lacks on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _gpu() -> str | None:
    """Return the name of the graphics card from its driver; TensorFlow would take seconds to load."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    answer = subprocess.run(
        [command, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip().replace("\n", ", ") or None if answer.returncode == 0 else None
