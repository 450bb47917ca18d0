"""What a plugin says of itself, read from its source text: nothing is imported."""

from __future__ import annotations

import ast
from pathlib import Path


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
    try:
        node = _plugin_in(ast.parse(file.read_text(encoding="utf-8")), name)
    except (SyntaxError, OSError):
        return ""
    for line in node.body if isinstance(node, ast.ClassDef) else ():
        if (
            isinstance(line, ast.AnnAssign)
            and ast.unparse(line.target) == "needs"
            and isinstance(line.value, ast.Constant)
        ):
            return str(line.value.value)
    return ""


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
    return docstring.strip().splitlines()[0] if docstring and docstring.strip() else ""
