"""A study on a real SQLite file: killed anywhere, it goes on as if it had not been."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace
from typing import Any

import pytest
from optuna.trial import Trial, TrialState

from asdbench.training.method import Space
from asdbench.tuning.search import Search
from asdbench.tuning.space import Field
from asdbench.tuning.study import STARTUP, Study
from asdbench.tuning.objective import Task

SPACE = {
    "lr": Field(Space(1e-4, 1e-1, log=True), float, 1e-2),
    "stage.width": Field(Space(1, 64, log=True), int, 8),
    "stage.kind": Field(Space(choices=("small", "large")), str, "small"),
}
TRIALS = STARTUP + 4  # the last ones are drawn by what the sampler learned
Comparable = tuple[int, TrialState, dict[str, Any], float | None, str | None, dict[int, float]]


def opened(folder: Path, storage: str | None = None, space: dict[str, Field] = SPACE) -> Study:
    """The study as a process that was just started sees it."""
    folder.mkdir(exist_ok=True)
    study = Study("study", folder, space, 7, storage)
    study.begin_with({name: field.default for name, field in space.items()})
    return study


def value_of(trial: Trial) -> float:
    penalty = {"small": 0.0, "large": 0.3}[trial.params["stage.kind"]]
    return -abs(trial.params["lr"] - 0.03) - trial.params["stage.width"] / 100 - penalty


def comparable(study: Study) -> list[Comparable]:
    return [
        (t.number, t.state, t.params, t.value, t.user_attrs.get("figures"), t.intermediate_values)
        for t in study.all()
    ]


def steps(study: Study) -> Iterator[None]:
    """A search of one job, in steps that a kill may come between."""
    batch = study.orphans()
    while batch or (batch := study.ask(1, TRIALS)):
        yield
        (trial,) = batch
        value = value_of(trial)
        for step in range(3):
            trial.report(value + step, step)
            yield
        if trial.number and trial.should_prune():
            study.prune(trial)
        else:
            study.tell(trial, value, {"fan/tone": value})
        batch = []
        yield


def to_its_end(study: Study) -> list[Comparable]:
    for _ in steps(study):
        pass
    return comparable(study)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Comparable]:
    """The study that nobody stopped."""
    return to_its_end(opened(tmp_path_factory.mktemp("whole")))


def test_a_study_killed_after_every_single_step_is_the_same_study(
    tmp_path: Path, whole: list[Comparable]
) -> None:
    assert [number for number, *_ in whole] == list(range(TRIALS))
    assert len({str(params) for _, _, params, *_ in whole}) == TRIALS
    folder, kills = tmp_path / "killed", 0
    for survived in cycle((1, 6, 2, 7, 3, 8, 4, 9, 5)):  # steps; a trial takes five
        walk = steps(opened(folder))
        if "over" in [next(walk, "over") for _ in range(survived)]:
            break
        kills += 1
        assert kills < 10 * TRIALS
    assert kills > TRIALS / 2
    assert comparable(opened(folder)) == whole


class _KilledError(BaseException):
    """Stands for SIGKILL: nothing is caught, nothing is tidied up."""


def dying(real: Callable[..., Any], victim: int, *, after: bool) -> Callable[..., Any]:
    """A drawing of a parameter that doesn't outlive that of one trial."""

    def draw(trial: Trial, *args: Any, **options: Any) -> Any:
        if trial.number == victim and not after:
            raise _KilledError
        drawn = real(trial, *args, **options)
        if trial.number == victim:
            raise _KilledError
        return drawn

    return draw


def test_killed_while_parameters_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: list[Comparable]
) -> None:
    kinds = ("suggest_float", "suggest_int", "suggest_categorical")
    kills = [(method, after) for method in kinds for after in (False, True)]
    for victim, (method, after) in zip((0, 1, 4, 9, TRIALS - 2, TRIALS - 1), kills, strict=True):
        with monkeypatch.context() as patched:
            patched.setattr(Trial, method, dying(getattr(Trial, method), victim, after=after))
            with pytest.raises(_KilledError):
                to_its_end(opened(tmp_path))
        (orphan,) = opened(tmp_path).orphans()
        assert orphan.number == victim
        assert set(orphan.params) == set(SPACE)
    assert to_its_end(opened(tmp_path)) == whole


def test_the_first_trial_is_the_default(tmp_path: Path) -> None:
    (trial,) = opened(tmp_path).ask(1, 5)
    assert trial.params == {"lr": 1e-2, "stage.width": 8, "stage.kind": "small"}


def test_a_default_outside_of_the_narrowed_space_is_drawn_inside(tmp_path: Path) -> None:
    space = {
        "lr": Field(Space(1e-4, 1e-3), float, 1e-2),
        "kind": Field(Space(choices=("a", "b")), str, "c"),
        "width": Field(Space(1, 9), int, 4),
    }
    (trial,) = opened(tmp_path, space=space).ask(1, 5)
    assert 1e-4 <= trial.params["lr"] <= 1e-3
    assert trial.params["kind"] in {"a", "b"}
    assert trial.params["width"] == 4


def test_never_more_trials_than_asked_for_and_more_can_be_asked_for_later(tmp_path: Path) -> None:
    study = opened(tmp_path)
    assert len(study.ask(8, 5)) == 5
    assert study.ask(8, 5) == []
    assert opened(tmp_path).ask(8, 5) == []
    assert [trial.number for trial in study.ask(8, 7)] == [5, 6]


def test_a_draw_depends_on_no_trial_beside_it(tmp_path: Path) -> None:
    beside = [trial.params for trial in opened(tmp_path / "a").ask(4, 4)]
    alone = opened(tmp_path / "b")
    one_by_one = []
    for _ in range(4):
        one_by_one += [trial.params for trial in alone.ask(1, 4)]
    assert beside == one_by_one


def test_orphans_in_a_shared_storage_are_those_of_ones_own_folder(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    first, second = (opened(tmp_path / name, storage) for name in ("first", "second"))
    mine, theirs = first.ask(1, 4)[0], second.ask(1, 4)[0]
    assert [trial.number for trial in opened(tmp_path / "first", storage).orphans()] == [
        mine.number
    ]
    assert [trial.number for trial in opened(tmp_path / "second", storage).orphans()] == [
        theirs.number
    ]


def test_a_process_that_comes_second_to_the_last_trial_runs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    first, second = (opened(tmp_path / name, storage) for name in ("first", "second"))
    database = first.optuna._storage
    create = database.create_new_trial

    def overtaken(*args: Any) -> int:
        monkeypatch.setattr(database, "create_new_trial", create)
        assert len(second.ask(1, 1)) == 1
        return int(create(*args))

    monkeypatch.setattr(database, "create_new_trial", overtaken)
    assert first.ask(1, 1) == []
    assert [trial.number for trial in first.all()] == [0]
    assert first.orphans() == []
    (later,) = first.ask(2, 2)  # what it had begun in vain is used when there are to be more
    assert later.number == 1
    assert [trial.number for trial in opened(tmp_path / "first", storage).orphans()] == [1]


def test_a_hopeless_trial_is_stopped_and_a_good_one_is_not(tmp_path: Path) -> None:
    study = opened(tmp_path)
    best, hopeless, good, mixed = study.ask(4, 4)
    offsets = {
        best.number: [0.0] * 8,
        hopeless.number: [-0.2 - 0.01 * i for i in range(8)],
        good.number: [0.1 + 0.01 * i for i in range(8)],
        mixed.number: [0.1 * (-1) ** i for i in range(8)],
    }
    stopped = {}
    for trial in (best, hopeless, good, mixed):
        for step, offset in enumerate(offsets[trial.number]):
            trial.report(0.6 + 0.01 * step + offset, step)
        stopped[trial.number] = trial.should_prune()
        if trial is best:
            study.tell(best, 0.635, {"fan/tone": 0.635})
    assert stopped == {
        best.number: False,
        hopeless.number: True,
        good.number: False,
        mixed.number: False,
    }
    study.prune(hopeless)
    assert study.stopped() == [(hopeless.number, hopeless.params)]
    assert [trial.number for trial in study.finished()] == [best.number]


def test_no_trial_is_stopped_before_half_of_its_cells_are_done(tmp_path: Path) -> None:
    """Worse on each of four machine types from the first on; but one type is not the objective."""
    ran: Counter[Any] = Counter()

    def run(cells: list[Any]) -> dict[str, str]:
        ran.update(cell.setting for cell in cells)
        return {}

    def cells(settings: list[Any], repeats: int) -> list[list[list[Any]]]:
        return [
            [[SimpleNamespace(name="", repeat=0, setting=s, machine=m) for m in range(4)]]
            for s in settings
        ]

    def figures(scored: Iterable[Any]) -> dict[str, float]:
        return {
            f"{c.machine}/{i}": 0.6 + 0.01 * i - 0.3 * c.setting for c in scored for i in range(6)
        }

    bench: Any = SimpleNamespace(engine=SimpleNamespace(jobs=1), run=run, cells=cells, scores=list)
    fresh: Any = None
    search = Search(
        opened(tmp_path),
        Task(bench, figures, lambda found: fmean(found.values()), fresh),
        lambda params: params["lr"] != 1e-2,  # the first trial is the better one
        repeats=1,
    )
    mirror: Any = SimpleNamespace(update=lambda _: None)
    search.run(3, mirror)
    assert [trial.state.name for trial in search.study.all()] == ["COMPLETE", "PRUNED", "PRUNED"]
    assert ran == {False: 4, True: 2 + 2}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////nowhere/at/all/study.db", "unable to open database file"),
        ("nonsense://", "nonsense"),
        ("no url", "Could not parse"),
    ],
)
def test_a_storage_that_cannot_be_opened_is_said_in_one_line(
    tmp_path: Path, url: str, expected: str
) -> None:
    with pytest.raises(ValueError, match="cannot open the storage of the study: ") as raised:
        opened(tmp_path, url)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_processes_that_begin_at_the_same_moment_share_a_study(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    with ThreadPoolExecutor(4) as pool:
        folders = [tmp_path / str(number) for number in range(4)]
        studies = list(pool.map(lambda folder: opened(folder, storage), folders))
        list(pool.map(lambda study: study.ask(3, 9), studies))
    assert [trial.number for trial in studies[0].all()] == list(range(9))
    states = {trial.state for trial in studies[0].all()}
    assert states == {TrialState.RUNNING}
    owners = [number for folder in folders for number in orphans_of(folder, storage)]
    assert sorted(owners) == list(range(9))


def orphans_of(folder: Path, storage: str) -> list[int]:
    return [trial.number for trial in opened(folder, storage).orphans()]


def test_a_failed_trial_says_why_and_is_no_orphan(tmp_path: Path) -> None:
    study = opened(tmp_path)
    failing, fine = study.ask(2, 2)
    study.fail(failing, "exit code 3")
    study.tell(fine, 0.5, {"fan/tone": 0.5})
    states = {trial.number: trial.state for trial in opened(tmp_path).all()}
    assert states == {failing.number: TrialState.FAIL, fine.number: TrialState.COMPLETE}
    assert study.all()[failing.number].user_attrs["failed"] == "exit code 3"
    assert opened(tmp_path).orphans() == []
    (finished,) = study.finished()
    assert (finished.value, dict(finished.figures)) == (0.5, {"fan/tone": 0.5})
    assert json.loads(study.all()[fine.number].user_attrs["figures"]) == {"fan/tone": 0.5}
