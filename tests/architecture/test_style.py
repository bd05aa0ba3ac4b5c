# SPDX-License-Identifier: Apache-2.0
"""What STYLE.md promises and a machine can count: sizes, names, licence lines."""

import ast
import re
from pathlib import Path

import yaml

from tests.architecture.sources import ROOT, files, is_test, name

MODULE_LINES, TEST_MODULE_LINES = 400, 500
FUNCTION_LINES, TEST_FUNCTION_LINES = 40, 60
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "misc"}
# The glossary's word for each stands in docs/glossary.md: component, notice, log entry, case, unit.
WRONG_CLASSES = {"Part", "Event", "Message", "History", "Ticket", "WorkOrder", "Department"}


def test_modules_are_short() -> None:
    long = {
        name(path): count
        for path in files(".py", ".ts", ".css", ".html")
        if (count := path.read_text().count("\n")) > (TEST_MODULE_LINES if is_test(path) else MODULE_LINES)
    }
    assert not long, "split by subject, not by kind"


def test_functions_are_short() -> None:
    long = {}
    for path in files(".py"):
        limit = TEST_FUNCTION_LINES if is_test(path) else FUNCTION_LINES
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _span(node)) > limit:
                long[f"{name(path)}:{node.lineno} {node.name}"] = lines
    assert not long


def _span(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_modules_are_named_for_what_they_hold() -> None:
    assert not [name(path) for path in files(".py", ".ts") if path.stem in VAGUE_MODULES]


def test_every_source_file_names_its_licence() -> None:
    sources = [
        *files(".py", ".ts", ".css", ".sh"),
        ROOT / "Makefile",
        ROOT / ".ci/run",
        ROOT / "pyproject.toml",
    ]
    without = [name(path) for path in sources if "SPDX-License-Identifier: Apache-2.0" not in _head(path)]
    assert not without


def _head(path: Path) -> str:
    return "\n".join(path.read_text().splitlines()[:3])


def test_classes_use_the_glossary() -> None:
    wrong = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in files(".py")
        if not is_test(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name in WRONG_CLASSES
    ]
    assert not wrong


def test_no_city_in_code() -> None:
    """A city is data: no pack's name, and no city's, stands in the product's code."""
    words = set()
    for path in (ROOT / "packs").glob("*/pack.yaml"):
        pack = yaml.safe_load(path.read_text())
        if city := pack.get("city"):
            words |= {pack["name"], city["name_zh"], city["name_en"]}
    assert words, "no city pack found: this test would see nothing"
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words)), re.IGNORECASE)
    product = [
        path for path in files(".py", ".ts", ".html", ".css", ".po") if name(path).startswith("wangge/")
    ]
    found = [
        f"{name(path)}: {match.group()}"
        for path in product
        if not is_test(path)
        for match in pattern.finditer(path.read_text())
    ]
    assert not found


def test_no_path_of_one_machine() -> None:
    pattern = re.compile(r"(?<![\w.}/])/(work|root|home|farm)/\w")
    texts = files(".py", ".ts", ".html", ".css", ".md", ".yaml", ".toml", ".sh", ".csv")
    assert not [f"{name(path)}: {m.group()}" for path in texts for m in pattern.finditer(path.read_text())]
