"""The finished runs of one study in one JSON file, which is the old or the new one, whole, at every instant."""

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
"""Processor, cores, graphics card and versions: what times depend on."""


class OtherMachineError(Exception):
    """The file holds times of another machine, with which new ones must not be mixed."""


class Results:
    """The rows of a study, kept in a file.

    Args:
        path: The file; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.machine: Machine = {}
        self.rows: list[Row] = []
        if path.exists():
            content = json.loads(path.read_text(encoding="utf-8"))
            self.machine, self.rows = content["machine"], content["rows"]

    def has(self, run: Run) -> bool:
        """Whether this very run, with these hyper-parameters, is there."""
        identity = run.identity()
        return any(all(row[name] == value for name, value in identity.items()) for row in self.rows)

    def check(self, this: Machine) -> None:
        """Make sure that what is measured here may stand beside what is there.

        Raises:
            OtherMachineError: It may not; says what is there and what is here.
        """
        if self.rows and self.machine != this:
            raise OtherMachineError(
                f"{self._path} was measured on {self.machine}, this is {this}: choose another folder with --results"
            )

    def add(self, row: Row, this: Machine) -> None:
        """Add a row, and save. It takes the place of the same run with other hyper-parameters, which is out of date."""
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
    """This machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "gpu": _gpu(),
        "python": platform.python_version(),
        "tensorflow": version("tensorflow"),
    }


def _processor() -> str:
    """The processor's name as it is sold; Python alone does not know it on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _gpu() -> str | None:
    """The graphics card's name, asked of its driver: loading TensorFlow for it would take seconds."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    answer = subprocess.run(
        [command, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip().replace("\n", ", ") or None if answer.returncode == 0 else None
