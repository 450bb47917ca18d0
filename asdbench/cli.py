"""The command line. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from asdbench import plugins
from asdbench.config import merge, setting

_USAGE_ERROR: Any = typer.BadParameter.__mro__[2]  # ClickException, wherever typer keeps click
INTERRUPTED = 130
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Compare anomalous sound detection methods under one pipeline and one set of seeds.",
)
data = typer.Typer(no_args_is_help=True, help="Get, look at and make datasets.")
app.add_typer(data, name="data")

Out = Annotated[Path | None, typer.Option(help="Output folder.", show_default="runs/<experiment>")]
Engine = Annotated[str, typer.Option(help="local: this machine. ray: a Ray cluster.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="method.field=value; repeatable.")]


@app.command()
def run(
    experiment: Annotated[str, typer.Argument(help="A name, or a TOML file.")] = "demo",
    methods: Annotated[str, typer.Option(help="all, or names and files: a,b,./mine.py")] = "all",
    data: Annotated[Path | None, typer.Option(help="A folder of recordings to run on.")] = None,
    repeats: Annotated[int | None, typer.Option(help="Repeats of each method.")] = None,
    seed: Annotated[int | None, typer.Option(help="The base seed of all repeats.")] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Cells at once; by default all that there is room for.")
    ] = None,
    engine: Engine = "local",
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.")] = None,
    out: Out = None,
    settings: Set = None,
    force: Annotated[bool, typer.Option("--force", help="Run cells that are done again.")] = False,
) -> None:
    """Run an experiment: what is missing of it, then the leaderboard."""
    from asdbench.session import Asked, run_experiment

    flags = _settings(settings)
    given = {"repeats": repeats, "seed": seed, "numerics": device and {"device": device}}
    flags |= {name: value for name, value in given.items() if value is not None}
    if jobs is not None and jobs < 1:
        raise ValueError(f"--jobs {jobs}: at least one is needed")
    asked = Asked(
        experiment=experiment,
        methods=_words(methods),
        data=data,
        flags=flags,
        jobs=jobs,
        engine=engine,
        out=out,
        force=force,
    )
    raise typer.Exit(run_experiment(asked))


@app.command()
def tune(
    method: Annotated[str, typer.Argument(help="A method's name.")],
    experiment: Annotated[str, typer.Argument(help="A name, or a TOML file.")] = "demo",
    trials: Annotated[int, typer.Option(help="Trials in all, those done before included.")] = 30,
    objective: Annotated[
        str, typer.Option(help="proxy: normal training clips only. oracle: with labels.")
    ] = "proxy",
    data: Annotated[Path | None, typer.Option(help="A folder of recordings to tune on.")] = None,
    repeats: Annotated[int, typer.Option(help="Repeats of each trial.")] = 1,
    jobs: Annotated[int | None, typer.Option(help="Trials at once; one a core by default.")] = None,
    engine: Engine = "local",
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.")] = None,
    out: Out = None,
    settings: Set = None,
) -> None:
    """Tune a method without anomalies, and say how far to trust it."""
    from asdbench.experiment import OBJECTIVES
    from asdbench.tuning import Asked
    from asdbench.tuning import tune as tune_method

    if objective not in OBJECTIVES:
        raise ValueError(f"no objective {objective!r}; there are {' and '.join(OBJECTIVES)}")
    if trials < 1 or repeats < 1 or (jobs is not None and jobs < 1):
        raise ValueError("--trials, --repeats and --jobs are at least 1")
    flags: dict[str, Any] = _settings(settings)
    if device:
        flags = merge(flags, {"numerics": {"device": device}})
    asked = Asked(
        method=method,
        experiment=experiment,
        trials=trials,
        objective=objective,
        data=data,
        flags=flags,
        repeats=repeats,
        jobs=jobs,
        engine=engine,
        out=out,
    )
    raise typer.Exit(tune_method(asked))


@app.command()
def leaderboard(
    out: Out = None,
    form: Annotated[
        str, typer.Option("--format", help="md, html, tex, csv, json, or a plugin.")
    ] = "md",
) -> None:
    """Print the leaderboard of an output folder."""
    from asdbench.boards import current

    render = plugins.load(plugins.LEADERBOARDS, form)
    sys.stdout.write(render(current(_store(out))))


@app.command("list")
def list_all() -> None:
    """List methods, datasets, leaderboard formats and experiments."""
    from asdbench.experiment import experiments

    for title, group in (
        ("methods", plugins.METHODS),
        ("datasets", plugins.DATASETS),
        ("leaderboards", plugins.LEADERBOARDS),
    ):
        _print_listed(title, {n: p.summary for n, p in plugins.available(group).items()})
    _print_listed("experiments", {n: _header(path) for n, path in experiments().items()})


@app.command()
def check(
    method: Annotated[str, typer.Argument(help="A method's name, or its file.")],
    settings: Set = None,
) -> None:
    """Check that a method keeps the contract; the ID methods in a small size."""
    from asdbench.check import QUICK
    from asdbench.check import check as check_method

    plugin = plugins.find(plugins.METHODS, method)
    fields: dict[str, Any] = QUICK.get(plugin.name, {})
    for text in settings or []:
        fields = merge(fields, setting(text)[1])
    failed = False
    for finding in check_method(plugin, fields):
        failed |= not finding.passed
        mark = "ok  " if finding.passed else "FAIL"
        typer.echo(f"{mark} {finding.rule}{'' if finding.passed else ': ' + finding.detail}")
    raise typer.Exit(int(failed))


@app.command("import")
def import_scores(
    name: Annotated[str, typer.Argument(help="What to call the system: its row's label.")],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Its score files, or a folder of them a repeat.")
    ],
    dataset: Annotated[
        str | None, typer.Option(help="dcase2020, whose test clips are built in.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Output folder.", show_default="runs/<dataset>, runs/demo")
    ] = None,
) -> None:
    """Add a system that was run elsewhere to the leaderboard, by its score files."""
    from asdbench import interchange
    from asdbench.boards import write_boards
    from asdbench.results import board
    from asdbench.store import Store

    store = Store(out or Path("runs") / (dataset or "demo"))
    repeats = interchange.import_scores(store, name, folder, dataset=dataset)
    typer.echo(
        f"{name}: {len(repeats)} repeats, {' and '.join(repeats[0].subsets)}, in {store.folder}",
        err=True,
    )
    made, broken = board(store), []
    with store.claimed() as ours:  # a run that began meanwhile writes the boards at its end
        if ours:
            broken = write_boards(store, made)
    sys.stdout.write(plugins.load(plugins.LEADERBOARDS, "md")(made))
    for problem in broken:
        _complain(f"broken: {problem}")
    raise typer.Exit(int(bool(broken)))


@app.command()
def export(out: Out = None) -> None:
    """Write every row's scores in the form of the DCASE challenge."""
    from asdbench import interchange

    store = _store(out)
    for row in interchange.export(store):
        where = store.folder / "export" / row.label
        typer.echo(f"{row.label}: {row.repeats} repeats, {row.files} files in {where}")


@app.command()
def ui(
    out: Out = None,
    port: Annotated[int, typer.Option(help="The port of the page.")] = 5000,
) -> None:
    """Open MLflow on an output folder, brought up to date."""
    from asdbench.ui import serve

    raise typer.Exit(serve(_store(out), port))


@data.command()
def download(
    name: Annotated[str, typer.Argument(help="dcase2020")],
    to: Annotated[Path, typer.Option(help="The folder to unpack into.")],
    parts: Annotated[
        str, typer.Option(help="development, 'additional training', evaluation; or all.")
    ] = "all",
    machines: Annotated[str, typer.Option(help="Machine types, as fan,pump; or all.")] = "all",
    keep_archives: Annotated[bool, typer.Option("--keep-archives")] = False,
) -> None:
    """Download a dataset: checked, resumable, unpacked. DCASE 2020 Task 2 is CC BY-NC-SA 4.0."""
    from asdbench.datasets import download as downloading
    from asdbench.datasets.facts import PARTS

    if name != "dcase2020":
        raise ValueError(f"no download of {name!r}; there is dcase2020")
    with downloading.progress_bar() as progress:
        done = downloading.download(
            to,
            parts=PARTS if parts == "all" else _words(parts),
            machines=() if machines == "all" else _words(machines),
            keep_archives=keep_archives,
            progress=progress,
        )
    typer.echo(str(done))


@data.command()
def describe(folder: Annotated[Path, typer.Argument(help="A dataset's folder.")]) -> None:
    """Say what a folder of recordings holds, and what is odd about it."""
    from asdbench.datasets.describe import describe, render

    typer.echo(render(describe(folder)))


@data.command()
def synthesize(
    folder: Annotated[Path, typer.Argument(help="Where to write the clips.")],
    experiment: Annotated[
        str, typer.Option(help="Write the clips of this experiment's synthetic dataset.")
    ] = "demo",
) -> None:
    """Write synthetic clips as a folder in the DCASE 2020 layout."""
    from asdbench.synthesize import synthesize as write

    typer.echo(write(experiment, folder))


def main() -> None:
    """The entry point: exit code 2 and one line on stderr for what the user can mend."""
    try:
        code = app(standalone_mode=False)
    except _USAGE_ERROR as error:
        _complain(error.format_message())
        code = 2
    except BrokenPipeError:  # as in `asdbench leaderboard | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (ValueError, OSError) as error:
        if os.environ.get("ASDBENCH_TRACEBACK"):
            raise
        _complain(str(error))
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        _complain("stopped; nothing that is done is lost: run the same command again to go on")
    sys.exit(code or 0)


def _store(out: Path | None) -> Any:
    from asdbench.store import Store

    folder = out or Path("runs") / "demo"
    if not (folder / "rows").is_dir():
        raise ValueError(f"no results in {folder}; give --out, or make some with asdbench run")
    return Store(folder)


def _settings(settings: list[str] | None) -> dict[str, Any]:
    """``--set`` as the part of an experiment that it sets."""
    flags: dict[str, Any] = {}
    for text in settings or []:
        method, fields = setting(text)
        flags = merge(flags, {"methods": {method: fields}})
    return flags


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _complain(text: str) -> None:
    sys.stderr.write(f"asdbench: {' '.join(text.split())}\n")


def _print_listed(title: str, lines: dict[str, str]) -> None:
    typer.echo(f"{title}:")
    width = max(map(len, lines), default=0)
    for name, summary in lines.items():
        typer.echo(f"  {name:{width}}  {summary}")


def _header(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
