"""The shape of the house (docs/tour.md), held by tests: who may import whom, and what each kind of file promises."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from ckanext import opengov_kz

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ckanext/opengov_kz"
PREFIX = "ckanext.opengov_kz."

#: capability → what it may import. `site` is on top and may use all.
MAY_IMPORT = {
    "shared": set(),
    "publishing": {"shared"},
    "search": {"shared"},
    "catalogue": {"discussion", "publishing", "search", "shared"},
    "harvesters": {"catalogue", "publishing", "shared"},
    "universal_api": {"catalogue", "publishing", "shared"},
    "worktime": {"shared"},
    "notices": {"shared"},
    "discussion": {"notices", "worktime", "shared"},
    "npa": {"notices", "worktime", "discussion", "catalogue", "publishing", "shared"},
    "budgets": {"notices", "worktime", "discussion", "catalogue", "publishing", "shared"},
    "dialogue": {"notices", "worktime", "discussion", "catalogue", "publishing", "shared"},
    "evaluation": {"notices", "worktime", "discussion", "catalogue", "publishing", "shared"},
}
PURE_FILES = {
    "rules.py",
    "mapping.py",
    "client.py",
    "simulator.py",
    "spool.py",
    "passports.py",
    "review.py",
    "xml_form.py",
    # the texts of draft acts
    "parts.py",
    "alignment.py",
    "versions.py",
    "matching.py",
    "wording.py",
    "structure.py",
    "structure_checks.py",
    "legal_form.py",
    "akoma_ntoso.py",
    "docx_reading.py",
    "docx_lines.py",
}
#: What all capabilities need of CKAN itself: its options, and mails to its users.
SHARED_WITH_CKAN = {"actions.py", "config.py", "notifications.py"}
_OPTION = re.compile(r"""["'](opengov\.[a-z0-9_.]+)["']""")


def sources(pattern: str = "*.py") -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob(pattern)) if "migration" not in path.parts]


def imports(path: Path) -> Iterator[str]:
    """Absolute names of everything that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                parts = path.relative_to(ROOT).with_suffix("").parts[: -node.level]
                module = ".".join((*parts, module)).rstrip(".")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def capability(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def modules(name: str) -> list[ModuleType]:
    found = [path.relative_to(ROOT).with_suffix("") for path in sources() if path.match(name)]
    return [importlib.import_module(".".join(path.parts)) for path in found]


def own_functions(module: ModuleType) -> dict[str, object]:
    functions = inspect.getmembers(module, inspect.isfunction)
    return {name: fn for name, fn in functions if fn.__module__ == module.__name__ and not name.startswith("_")}


@pytest.mark.fast
def test_every_file_imports_only_along_the_arrows() -> None:
    wrong = []
    for path in sources():
        here = capability(path)
        if here not in MAY_IMPORT:
            continue
        for name in imports(path):
            other = name.removeprefix(PREFIX).split(".")[0] if name.startswith(PREFIX) else here
            if other not in {here, *MAY_IMPORT[here]} and (PACKAGE / other).exists():
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


@pytest.mark.fast
def test_rules_mappings_and_clients_do_not_import_ckan() -> None:
    wrong = []
    for path in sources():
        if path.name in PURE_FILES or (capability(path) == "shared" and path.name not in SHARED_WITH_CKAN):
            wrong += [f"{path.name}: {name}" for name in imports(path) if name == "ckan" or name.startswith("ckan.")]
    assert not wrong


@pytest.mark.fast
def test_views_import_no_models() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources()
        if path.name in {"views.py", "pages.py"} or path.name.endswith("_views.py")
        for name in imports(path)
        if name == "ckan.model" or name.startswith("ckan.model.") or name.endswith(".model") or ".model." in name
    ]
    assert not wrong


def test_every_action_has_its_auth_function_a_docstring_and_ckans_signature() -> None:
    wrong = []
    for module in modules("logic/*action.py"):
        auth = importlib.import_module(f"{module.__name__.rpartition('.')[0]}.auth")
        for name, action in own_functions(module).items():
            chained = getattr(action, "chained_action", False)
            expected = ["original", "context", "data_dict"] if chained else ["context", "data_dict"]
            # CKAN's decorators keep the first name of a chained function free: only its place matters.
            parameters = list(inspect.signature(action).parameters)  # type: ignore[arg-type]
            if parameters[-2:] != expected[-2:] or len(parameters) != len(expected):
                wrong.append(f"{name}{parameters}")
            if not inspect.getdoc(action):
                wrong.append(f"{name} has no docstring")
            if not chained and name not in own_functions(auth):
                wrong.append(f"{name} has no auth function")
    assert not wrong


@pytest.mark.fast
def test_actions_are_named_after_their_capability() -> None:
    for path in sources("*action.py"):
        prefix = (
            "site_"
            if capability(path) == "site"
            else {"harvesters": "harvesting_"}.get(capability(path), f"{capability(path)}_")
        )
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                is_chained = any("chained_action" in ast.dump(decorator) for decorator in node.decorator_list)
                assert is_chained or node.name.startswith(prefix), f"{path}: {node.name}"


def test_public_functions_have_docstrings() -> None:
    wrong = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree) and tree.body:
            wrong.append(f"{path.relative_to(ROOT)}: no docstring of the module")
        wrong += [
            f"{path.relative_to(ROOT)}: {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
        ]
    assert not wrong


def test_tables_carry_the_name_of_their_plugin() -> None:
    for module in modules("model.py"):
        *outer, inner, _model = module.__name__.removeprefix(PREFIX).split(".")
        # The plugin of a source is named after it (opengov_ensi_harvester), that of all of them is opengov_harvesting.
        plugin = f"{inner}_harvester" if outer else {"harvesters": "harvesting"}.get(inner, inner)
        prefix = f"opengov_{plugin}_"
        found = [getattr(cls, "__tablename__", None) for _name, cls in inspect.getmembers(module, inspect.isclass)]
        tables = [name for name in found if name]
        assert tables, f"{module.__name__} has no table"
        assert all(table.startswith(prefix) for table in tables), tables


@pytest.mark.fast
def test_every_option_that_is_read_is_declared_and_described() -> None:
    declared = {}
    for path in PACKAGE.rglob("config_declaration.yaml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            declared.update({option["key"]: option for option in group["options"]})
    for key, option in declared.items():
        assert option.get("description"), f"{key} has no description"
    read = set()
    for path in [*sources(), *sources("*.html")]:
        read |= set(_OPTION.findall(path.read_text(encoding="utf-8")))
    assert read <= set(declared), "read but not declared"
    assert set(declared) <= read, "declared but never read"


@pytest.mark.fast
def test_the_tour_names_every_folder() -> None:
    tour = (ROOT / "docs/tour.md").read_text(encoding="utf-8")
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for pattern in ("ckanext/**/*.py", "deploy/**/*.py", "benchmarks/*.py", "tests/**/*.py")
        for path in ROOT.glob(pattern)
        if "__pycache__" not in path.parts
    }
    missing = [folder for folder in sorted(folders) if f"`{folder}/`" not in tour and "/versions" not in folder]
    assert not missing


@pytest.mark.fast
def test_plugin_files_hold_no_logic() -> None:
    for path in sources("plugin.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 60, f"{path.relative_to(ROOT)} has {len(lines)} lines"


@pytest.mark.fast
def test_no_file_names_a_folder_of_one_machine_or_swallows_all_exceptions() -> None:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"except( Exception| BaseException)?( as \w+)?:", text), path


def test_the_package_is_a_namespace_package() -> None:
    """A file ckanext/__init__.py would hide the extensions that are installed beside this one."""
    assert not (ROOT / "ckanext/__init__.py").exists()
    assert opengov_kz.__doc__
