"""Who may import whom: the law of `docs/architecture.md`, read off the code and off a fresh process."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STANDARD = set(sys.stdlib_module_names)
FOLDERS = ROOT / "agents/storage/folders.py"
DRAWING = {"view.py", "drawing.py", "frames.py", "window.py"}


def _modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def _imported(path: Path, *, deferred: bool = True) -> set[str]:
    """Names of the top-level packages that a module imports; without `deferred`, only those of its own import time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree) if deferred else _at_import_time(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.add((node.module or "").partition(".")[0])
    return names


def _at_import_time(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for child in ast.iter_child_nodes(node):
        is_type_checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if isinstance(child, ast.FunctionDef) or is_type_checking:
            continue
        found += [child, *_at_import_time(child)]
    return found


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", _modules("games"), ids=_relative)
def test_games_need_numpy_alone_and_only_views_draw(path: Path) -> None:
    allowed = {"games", "numpy"}
    if path.name in DRAWING:
        allowed |= {"pygame", "skimage"}
    if path.parent.name == "gym":
        allowed |= {"gymnasium"}
    own = _imported(path) if path.name == "rules.py" else _imported(path, deferred=False)
    assert own - STANDARD <= allowed


def test_gymnasium_is_an_extra_that_only_its_own_package_imports() -> None:
    for path in (path for package in ("games", "agents", "arcade") for path in _modules(package)):
        text = path.read_text(encoding="utf-8")
        assert path.parent.name == "gym" or not {"gymnasium"} & _imported(path), _relative(path)
        assert path.parent.name == "gym" or ("from games.gym" not in text and "import games.gym" not in text)


@pytest.mark.parametrize("path", _modules("agents"), ids=_relative)
def test_agents_need_games_and_numpy_and_tensorflow_only_for_learning_and_event_files(path: Path) -> None:
    own = _imported(path) - STANDARD
    may_be_heavy = path.is_relative_to(ROOT / "agents/learning") or path == ROOT / "agents/training/event_log.py"
    if path == FOLDERS:
        own -= {"appdirs"}
    assert own <= {"agents", "games", "numpy"} | ({"tensorflow", "keras"} if may_be_heavy else set())


@pytest.mark.parametrize("path", _modules("agents"), ids=_relative)
def test_tensorflow_is_never_imported_at_import_time(path: Path) -> None:
    assert not _imported(path, deferred=False) & {"tensorflow", "keras"}


@pytest.mark.parametrize("path", _modules("arcade"), ids=_relative)
def test_the_arcade_never_imports_tensorflow(path: Path) -> None:
    assert not _imported(path) & {"tensorflow", "keras", "safetensors"}


@pytest.mark.parametrize("path", [*_modules("arcade"), *_modules("agents"), *_modules("games")], ids=_relative)
def test_only_the_folders_know_appdirs(path: Path) -> None:
    assert path == FOLDERS or "appdirs" not in _imported(path)


def test_nobody_imports_outward() -> None:
    for package, outer in {"games": {"agents", "arcade", "main"}, "agents": {"arcade", "main", "pygame"}}.items():
        for path in _modules(package):
            assert not _imported(path) & outer, _relative(path)


def test_the_arcade_library_of_the_package_index_is_no_dependency() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert '"arcade' not in text.split("[project.scripts]")[0]


def test_opening_the_arcade_loads_no_tensorflow() -> None:
    code = (
        "import arcade.window.opening, arcade.commands.cli, agents.training.session, agents.storage.library, sys\n"
        "from games.registry import game_ids, make\n"
        "[make(game_id) for game_id in game_ids()]\n"
        "print({'tensorflow', 'keras', 'skimage'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_main_knows_only_the_arcade() -> None:
    assert _imported(ROOT / "main.py") - STANDARD == {"arcade"}


def _loaded_by(statement: str) -> set[str]:
    """Packages that a fresh process has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_agents_act_and_are_judged_without_tensorflow_and_pygame() -> None:
    loaded = _loaded_by(
        "import agents.training.trainer, agents.training.session, agents.storage.library, agents.presets\n"
        "from agents.acting.evaluation import evaluate, RandomPolicy\n"
        "from games.registry import make\n"
        "evaluate(RandomPolicy(2), make('cartpole'), 'features', episodes=2)"
    )
    assert "numpy" in loaded
    assert not loaded & {"tensorflow", "keras", "pygame", "skimage", "rich"}


def test_the_command_line_is_read_before_anything_large_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path))
    loaded = _loaded_by("import main\nmain.run_command(['agents', 'list', '--json'])")
    assert not loaded & {"tensorflow", "keras", "pygame", "skimage", "rich"}


def test_help_is_told_before_anything_large_is_loaded() -> None:
    loaded = _loaded_by("import main\nmain.run_command(['train', '--help'])")
    assert not loaded & {"numpy", "tensorflow", "keras", "pygame", "skimage", "rich", "appdirs", "logging"}
