"""What a plugin says of itself, read from its source text: nothing is imported."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

SOURCES = ("paper", "code", "bibtex")  # two addresses and an entry


def summary(file: Path, name: str | None) -> str:
    """The first line of the docstring of what is called ``name`` in a module.

    For None, of the method that it has; of the module, where there is neither.
    """
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, OSError) as error:
        return f"(broken: {error.__class__.__name__}: {error})"
    return _first_line(ast.get_docstring(_plugin_in(tree, name) or tree))


def needs(file: Path, name: str | None) -> str:
    """The text that its class sets ``needs`` to, else an empty one."""
    return _texts(file, name).get("needs", "")


def sources(file: Path, name: str | None) -> dict[str, str]:
    """Of ``SOURCES``, those that its class sets to a text: where the method comes from."""
    found = _texts(file, name)
    return {source: inspect.cleandoc(found[source]) for source in SOURCES if found.get(source)}


def _texts(file: Path, name: str | None) -> dict[str, str]:
    """What the body of its class sets to a text."""
    try:
        node = _plugin_in(ast.parse(file.read_text(encoding="utf-8")), name)
    except (SyntaxError, OSError):
        return {}
    found: dict[str, str] = {}
    for line in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Constant):
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            found |= {ast.unparse(t): v for t in targets if isinstance(v := line.value.value, str)}
    return found


def fields(file: Path, name: str | None) -> dict[str, str]:
    """The fields of its dataclass and their defaults as they are written.

    Those of classes above it too, where they stand in the same file or in one beside it. What
    starts or ends with ``_`` or belongs to the class is none, nor what a class above only names.
    """
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, OSError):
        return {}
    node = _plugin_in(tree, name)
    if not isinstance(node, ast.ClassDef):
        return {}
    found: dict[str, str] = {}
    for above in (base.id for base in node.bases if isinstance(base, ast.Name)):
        inherited = fields(_file_of(tree, above, file), above)
        found |= {field: default for field, default in inherited.items() if default}
    for line in node.body:
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and not line.target.id.startswith("_")
            and not line.target.id.endswith("_")  # what is learned
            and "ClassVar" not in ast.unparse(line.annotation)
        ):
            found[line.target.id] = ast.unparse(line.value) if line.value else ""
    return found


def _file_of(tree: ast.Module, name: str, file: Path) -> Path:
    """Where a class that a module knows by this name stands: a file beside it, or itself."""
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.level != 1:
            continue
        if name in {alias.asname or alias.name for alias in node.names}:
            return file.parent / f"{node.module}.py"
    return file


def _plugin_in(tree: ast.Module, name: str | None) -> ast.ClassDef | ast.FunctionDef | None:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and (
            node.name == name or (name is None and _looks_like_a_method(node))
        ):
            return node
    return None


def _looks_like_a_method(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether it looks like the method of its module: a public dataclass with ``fit``."""
    if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
        return False
    defined = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    return "fit" in defined and any("dataclass" in ast.unparse(d) for d in node.decorator_list)


def _first_line(docstring: str | None) -> str:
    """As plain text: the marks of reStructuredText around code are left out."""
    lines = (docstring or "").strip().replace("``", "").splitlines()
    return lines[0] if lines else ""
