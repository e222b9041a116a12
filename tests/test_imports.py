"""The law of `docs/architecture.md` about imports, read off the code and off a fresh process."""

import ast
import subprocess
import sys
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import pytest

from docs.layers import LAYERS

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
def test_agents_need_games_and_numpy_and_tensorflow_only_for_learning(path: Path) -> None:
    own = _imported(path) - STANDARD
    learns = path.is_relative_to(ROOT / "agents/learning")
    if path == FOLDERS:
        own -= {"appdirs"}
    assert own <= {"agents", "games", "numpy"} | ({"tensorflow", "keras"} if learns else set())


@pytest.mark.parametrize("path", _modules("agents"), ids=_relative)
def test_tensorflow_is_never_imported_at_import_time(path: Path) -> None:
    assert not _imported(path, deferred=False) & {"tensorflow", "keras"}


@pytest.mark.parametrize("path", _modules("arcade"), ids=_relative)
def test_the_arcade_never_imports_tensorflow(path: Path) -> None:
    assert not _imported(path) & {"tensorflow", "keras", "safetensors"}


@pytest.mark.parametrize("path", [*_modules("arcade"), *_modules("agents"), *_modules("games")], ids=_relative)
def test_only_the_folders_know_appdirs(path: Path) -> None:
    assert path == FOLDERS or "appdirs" not in _imported(path)


# The layers


def _name(path: Path) -> str:
    """The dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_name(path): path for package in ("games", "agents", "arcade") for path in _modules(package)}
MODULES["main"] = ROOT / "main.py"


@cache
def _own_imports(module: str) -> frozenset[str]:
    """The modules of the project that one of them imports, those imported for types or inside a function included."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else f"{node.module}" for name in within}
    return frozenset(found & MODULES.keys() - {module})


def _layer(module: str) -> tuple[float, str]:
    """The row in the table of the layers and the package there; what a whole package gives away lies on top of it."""
    for row, packages in enumerate(LAYERS):
        for package in packages:
            if module == package or module.startswith(f"{package}."):
                return row, package
    rows = [row for row, packages in enumerate(LAYERS) for each in packages if each.startswith(f"{module}.")]
    assert rows, f"{module} has no place in the layers"
    return max(rows) + 0.5, module


def _leads_down(importing: str, imported: str) -> bool:
    (row, package), (other_row, other) = _layer(importing), _layer(imported)
    return package == other or other_row < row


@pytest.mark.parametrize("module", MODULES)
def test_imports_lead_down(module: str) -> None:
    assert {other for other in _own_imports(module) if not _leads_down(module, other)} == set()


def test_every_module_has_a_layer_and_no_layer_is_empty() -> None:
    packages = {package for packages in LAYERS for package in packages}
    assert packages <= {_layer(module)[1] for module in MODULES}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert _circles({module: _own_imports(module) for module in MODULES}) == set()


def test_circles_are_found() -> None:
    imports = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"d", "f"}, "f": set[str](), "g": {"a", "f"}}
    assert _circles(imports) == {frozenset("abc"), frozenset("de")}


def _circles(imports: Mapping[str, Collection[str]]) -> set[frozenset[str]]:
    """The modules that can be reached from one another: Tarjan's strongly connected components of more than one."""
    order, lowest, path, found = dict[str, int](), dict[str, int](), list[str](), set[frozenset[str]]()

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        path.append(module)
        for other in imports[module]:
            if other not in order:
                visit(other)
            if other in path:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            component = path[path.index(module) :]
            del path[path.index(module) :]
            if len(component) > 1:
                found.add(frozenset(component))

    for module in imports:
        if module not in order:
            visit(module)
    return found


SHARED_SCENES = {"screen", "places", "dialogs", "letters_scene"}
"""The modules of `arcade/scenes` that all screens may import."""


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("arcade.scenes.")])
def test_a_screen_imports_only_its_own_folder_and_the_shared_ones(module: str) -> None:
    folder = module.split(".")[2]
    allowed = SHARED_SCENES if folder in SHARED_SCENES else {folder} | SHARED_SCENES
    inside = {name for name in _own_imports(module) if name.startswith("arcade.scenes")}
    assert {name for name in inside if not _is_in(name, allowed)} == set()


def _is_in(module: str, folders: set[str]) -> bool:
    return module.count(".") > 1 and module.split(".")[2] in folders


def _uses_tensorflow(path: Path) -> bool:
    """Whether a module imports TensorFlow or Keras, or takes it from where it is imported late (`learning.devices`)."""
    nodes = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    taken = {alias.name.partition(".")[0] for node in nodes for alias in node.names}
    return bool((taken | _imported(path)) & {"tensorflow", "keras"})


def test_tensorflow_is_used_in_learning_and_by_the_writer_of_event_files_alone() -> None:
    users = {module for module, path in MODULES.items() if _uses_tensorflow(path)}
    assert {module for module in users if not module.startswith("agents.learning.")} == {"agents.training.event_log"}


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
