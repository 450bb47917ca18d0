"""Draw docs/images/architecture.svg from what the code imports: python ci/architecture.py

With --check, nothing is written: 1 where the picture that is there is not today's. Sizes are
rounded, and a line is a step thicker for each doubling of imports, so that few changes of the code
change the picture.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
from drawing.floor_plan import drawn
from drawing.house import House, Package

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
TITLE = "The packages of asdbench in their layers, and who imports what"
PLUGINS = ("methods", "leaderboards")
FRONT_DOOR = "api"  # asdbench itself only passes on, mostly what api has
ON_TOP = {"__init__": FRONT_DOOR, "__main__": "cli"}  # files that belong to a package below
ALSO = {FRONT_DOOR: ", asdbench"}
SIZES = (50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000)
Arrows = Counter[tuple[str, str]]  # (who imports, what) -> pairs of modules


def floors() -> list[list[str]]:
    """The layers of .importlinter, top to bottom."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:layers"]["layers"].strip().splitlines()
    return [[name.strip() for name in line.split("|")] for line in layers]


def package_of(module: str) -> str:
    """The package at the top that a module belongs to."""
    name = module.partition(".")[2].partition(".")[0] or "__init__"
    return ON_TOP.get(name, name)


def imports() -> dict[str, set[str]]:
    """What each module of asdbench imports of asdbench."""
    graph = grimp.build_graph("asdbench", cache_dir=None)
    return {
        module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules
    }


def between(modules: dict[str, set[str]]) -> Arrows:
    """The imports that lead from one package to another."""
    pairs = Counter((package_of(m), package_of(other)) for m in modules for other in modules[m])
    return Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})


def of_plugins() -> Arrows:
    """What the files of the plugin folders import of asdbench."""
    found: Arrows = Counter()
    for folder in PLUGINS:
        for path in files_of(ROOT / folder):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [str(node.module)]
                ours = {name for name in names if name.split(".")[0] == "asdbench"}
                found.update((folder, package_of(name)) for name in ours)
    return found


def files_of(place: Path) -> list[Path]:
    """A package's files, or the file that is all of it."""
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def package(name: str) -> Package:
    """What is said of a package: its size and the first sentence of its docstring."""
    place = ROOT / name if name in PLUGINS else ROOT / "asdbench" / name
    files = files_of(place)
    front = place / "__init__.py" if place.is_dir() else files[0]
    files += [ROOT / "asdbench" / f"{stem}.py" for stem, of in ON_TOP.items() if of == name]
    about = (ast.get_docstring(ast.parse(front.read_text(encoding="utf-8"))) or "").partition("\n")
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    modules = sum(path.stem != "__init__" for path in files)
    return Package(
        name=name,
        also=ALSO.get(name, ""),
        size=f"{modules} module{'s' * (modules > 1)}, {rounded(lines)} lines",
        sentence=about[0].partition(". ")[0].rstrip(".") + ".",
    )


def rounded(lines: int) -> str:
    """A number of lines, to the nearest of few sizes."""
    size = min(SIZES, key=lambda size: max(size / lines, lines / size))
    return str(size) if size < 1000 else f"{size / 1000:g}k"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="1 if the picture is not today's")
    asked = parser.parse_args()
    plan, modules = floors(), imports()
    arrows = between(modules)
    for graph in (modules, {name: {b for a, b in arrows if a == name} for name, _ in arrows}):
        TopologicalSorter(graph).prepare()  # raises CycleError, with the circle
    rooms = [[package(name) for name in floor] for floor in plan]
    plugins = [package(name) for name in PLUGINS]
    picture = drawn(House(rooms, plugins, arrows + of_plugins(), FRONT_DOOR), TITLE)
    print(
        f"{sum(map(len, plan))} rooms on {len(plan)} floors, {len(arrows)} arrows between them, "
        f"{len(modules)} modules, {sum(map(len, modules.values()))} imports, no circles"
    )
    if not asked.check:
        PICTURE.write_text(picture, encoding="utf-8")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture:
        print(f"{PICTURE} is not what the code is: run ci/architecture.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
