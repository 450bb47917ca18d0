"""What the terminal shows of a run, where it is no terminal: a line a cell, and what is logged."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest
from folders import OUTCOME, cell
from rich.console import Console

from asdbench.cli.cells import CellsShown
from asdbench.cli.left import TimeLeft
from asdbench.cli.terminal import Terminal
from asdbench.engines.events import Done, Epoch, Failed, Lost, Started
from asdbench.execution.progress import Planned, Reading, RowState, Running, Searched


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal("the recipe is 'demo', [not] the paper's") as terminal:
        yield terminal


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().err.splitlines()]


def test_a_plan_says_how_far_it_is_and_how_long_it_may_take(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        RowState("knn", 6, 6, 0.0),
        RowState("autoencoder", 6, 2, 7300.0),
        RowState("simclr", 2, 1, 61.0),
    ]
    terminal(Planned("demo", 3, rows, 2, " on Ray (1 node)"))
    shown = lines(capsys)
    assert shown[0] == "the recipe is 'demo', [not] the paper's"
    assert shown[1] == "demo: 3 repeats, 2 cells at once on Ray (1 node)"
    cells = [line.strip("│ ").split("│") for line in shown if line.startswith("│")]
    assert [[part.strip() for part in row] for row in cells] == [
        ["knn", "6", "6", "-"],
        ["autoencoder", "6", "2", "2 h 1 min"],
        ["simclr", "2", "1", "1 min 1 s"],
    ]
    assert shown[-1] == "about 1 h 1 min in all"


def test_what_is_not_known_yet_is_not_guessed(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(Planned("demo", 1, [RowState("knn", 6, 0, None)], 2, ""))
    shown = lines(capsys)
    assert "after the first epochs" in shown[-2]
    assert "in all" not in "".join(shown)


def test_ensembles_alone_have_no_table_of_cells(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(Planned("demo", 1, [], 2, ""))
    assert lines(capsys)[1:] == ["demo: 1 repeat, 2 cells at once"]


def test_each_cell_that_ends_is_a_line(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other, third = cell(), cell(machine=None, repeat=1), cell(repeat=2)
    terminal(Running([one, other, third]))
    for each in (one, other):
        terminal(Started(each))
    terminal(Epoch(one, "fit", 1, 0.5, {"loss": 0.25}))
    terminal(Done(one, OUTCOME))
    terminal(Lost(other, "its node is gone"))
    terminal(Started(other))
    terminal(Done(other, OUTCOME))
    terminal(Failed(third, "KeyError: '[odd]'", "Traceback"))
    assert lines(capsys) == [
        "[1/3] knn fan repeat 0: 0.0 s",
        f"lost, so it runs again: {other.name} (its node is gone)",
        "[2/3] knn repeat 1: 0.0 s",
        f"failed: {third.name}: KeyError: '[odd]'",
    ]


def test_a_search_says_how_many_trials_are_over(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(Searched(0, 30, None))
    terminal(Running([], "the trials that were stopped early, to their end"))
    terminal(Searched(1, 30, 0.98765))
    assert lines(capsys) == [
        "0 of 30 trials",
        "the trials that were stopped early, to their end",
        "1 of 30 trials, best 0.988",
    ]


def test_what_is_logged_is_shown_until_it_is_closed(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("asdbench.data")
    with Terminal() as terminal:
        log.info("3 of 9 clips: %s", "[averaged]")
        terminal.watch_writing(1, 2)
        log.warning("odd")
    log.warning("of nobody's")
    assert "3 of 9 clips: [averaged]" in capsys.readouterr().err.splitlines()[0]


def test_bars_move_on_a_real_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    real = Console(file=shown, force_terminal=True, width=120)
    monkeypatch.setattr("asdbench.cli.terminal.console", real)
    one = cell()
    with Terminal() as terminal:
        terminal(Reading("reading clips", 1, 2))
        terminal(Reading("reading clips", 2, 2))
        terminal(Running([one]))
        terminal(Started(one))
        terminal(Epoch(one, "fit", 1, 0.5, {}))
        terminal(Done(one, OUTCOME))
        terminal.watch_download("fan.zip", 5, 10)
    for text in ("reading clips", "the leaderboard is made", "fan.zip"):
        assert text in shown.getvalue()


def test_running_cells_are_shown_with_epoch_loss_and_the_time_left() -> None:
    """Of 40 columns and of 120; as the terminal would show them in this very moment."""
    for width in (40, 120):
        text = io.StringIO()
        console = Console(file=text, force_terminal=True, width=width, color_system=None)
        one, other, third, fourth = (cell(repeat=number) for number in range(4))
        labels = {each.name: "knn-[wide]" for each in (one, other, third, fourth)}
        shown = CellsShown(console, [one, other, third, fourth], labels, {"knn-[wide]": 60.0})
        for each in (one, other, third):
            shown.watch(Started(each))
        shown.watch(Epoch(one, "train", 5, 0.5, {"loss": 0.3141}, of=10))
        shown.watch(Epoch(other, "train", 10, 1.0, {"loss": 0.2}, of=10))
        shown.watch(Failed(third, "no file in [/data/weights]", "Traceback"))
        shown.close()
        text.truncate(text.seek(0))
        console.print(shown)
        lines = text.getvalue().splitlines()
        assert max(map(len, lines)) <= width
        said = text.getvalue()
        if width == 40:
            assert "knn-[wide] fan r0 5 of 10 0.314" in said
        else:
            assert re.search(r"knn-\[wide\] fan +repeat 0", said)
            assert "1 of 4 cells, 2 epochs" in said
            assert "1 failed" in said
            assert "train epoch 5 of 10  loss 0.314" in said
            assert "scores" in said
            assert "left" in said


@pytest.mark.parametrize("width", [40, 76, 80, 90, 200])
def test_a_name_is_cut_and_never_a_figure(width: int) -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=width, color_system=None)
    one, other = cell(), cell(repeat=12)
    labels = {one.name: "short", other.name: "a-row-whose-name-is-much-too-long-for-any-line"}
    now = [0.0]
    shown = CellsShown(console, [one, other], labels, {}, clock=lambda: now[0])
    for each in (one, other):
        shown.watch(Started(each))
        shown.watch(Epoch(each, "pretrain", 117, 0.5, {"loss": 0.0004567}, of=300))
    shown.close()
    text.truncate(text.seek(0))
    now[0] = 7_321.0
    console.print(shown)
    lines = [line for line in text.getvalue().splitlines() if "117" in line]
    assert len(lines) == 2
    for line, repeat in zip(lines, (0, 12), strict=True):
        assert len(line) <= width
        assert re.search(rf"r(epeat )?{repeat} .*117 of 300 .*0\.000457", line)
    assert all("2 h 2 min" in line for line in lines) or width == 40


@pytest.mark.parametrize("said", ["no file in [/data/weights]", "[bold]", "[/]", "100%|[red]"])
def test_no_text_is_taken_for_markup(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    one = cell()
    terminal(Reading(said, 0, 2))
    terminal(Planned(said, 1, [RowState(said, 6, 0, None)], 2, said))
    terminal(Running([one, cell(repeat=1)], said, {one.name: said}))
    terminal(Started(one))
    terminal(Epoch(one, said, 1, 0.5, {"loss": 1.0}))
    terminal(Lost(one, said))
    terminal(Started(one))
    terminal(Failed(one, said, said))
    terminal.watch_download(said, 1, 2)
    logging.getLogger("asdbench").warning("%s", said)
    assert capsys.readouterr().err.count(said) >= 6


def test_the_time_left_counts_what_cells_of_the_same_row_take() -> None:
    now = [0.0]
    cells = [*(cell(repeat=n) for n in range(3)), cell(repeat=0, method="autoencoder")]
    left = TimeLeft(cells, lambda one: one.method, {}, clock=lambda: now[0])
    assert left.left() is None
    left.begin(cells[0].name)
    now[0] = 10.0
    assert left.left() is None  # it may take for ever
    left.move(cells[0].name, 0.5)
    assert left.left() == (10.0 + 2 * 20.0, False)  # of the other method, nothing is known
    left.end(cells[0].name, done=True)
    left.begin(cells[3].name)
    left.begin(cells[1].name)
    now[0] = 15.0
    left.move(cells[3].name, 0.25)
    assert left.left() == ((5.0 + 15.0 + 10.0) / 2, True)
    left.end(cells[3].name, done=False)
    left.wait(cells[1].name)
    assert left.left() == (20.0 / 2, True)
