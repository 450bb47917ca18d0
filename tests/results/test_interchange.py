"""Other systems' scores: in by the challenge's form, checked strictly, and out again."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from asdbench import cli
from asdbench.config import plugins
from asdbench.config.selection import choose
from asdbench.data.clips import Clip, Clips, hash_test_sets
from asdbench.data.dcase import facts
from asdbench.engines.engine import engine_for
from asdbench.config.experiment import Experiment
from asdbench.results.interchange import clips_to_score, export, import_scores
from asdbench.config.numerics import Numerics
from asdbench.results.records import PlannedRow
from asdbench.execution.plan import plan
from asdbench.terminal import show_plan
from asdbench.results.build import board
from asdbench.execution.driver import keep_rows, run
from asdbench.results.score_files import read_repeats, score_file, score_files
from asdbench.results.store import Store

FIGURES = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
Asdbench = Callable[..., int]
Scores = dict[Clip, float]


def official(subset: str) -> list[Clip]:
    return [
        Clip(clip.machine, clip.id, subset, "test", anomalous, clip.name)
        for clip, anomalous in facts.official_test_clips(subset).items()
    ]


DEVELOPMENT, EVALUATION = official("development"), official("evaluation")
FEW = [
    Clip("fan", id_, subset, "test", label == "anomaly", f"{label}_id_{id_}_{number:08d}.wav")
    for id_, subset in (("00", "development"), ("02", "development"), ("01", "evaluation"))
    for label in ("normal", "anomaly")
    for number in range(2)
]
FEW_DEVELOPMENT = [clip for clip in FEW if clip.subset == "development"]


def drawn(clips: Iterable[Clip], seed: int = 0) -> Scores:
    """Random scores; anomalies are a little higher."""
    rng = np.random.default_rng(seed)
    return {clip: float(rng.normal(0.7 * bool(clip.anomalous))) for clip in clips}


def hand_in(folder: Path, scores: Mapping[Clip, float], *, header: str = "") -> Path:
    """Writes score files as a system elsewhere would."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str] = {}
    for clip, score in scores.items():
        file = f"anomaly_score_{clip.machine}_id_{clip.id}.csv"
        texts[file] = texts.get(file, header) + f"{clip.name},{score!r}\n"
    for file, text in texts.items():
        (folder / file).write_text(text)
    return folder


def said(error: pytest.ExceptionInfo[ValueError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def figures(store: Store, label: str) -> dict[str, object]:
    """All figures of a row as the JSON board has them, by subset; without what company decides."""
    rows = json.loads(plugins.load(plugins.LEADERBOARDS, "json")(board(store)))["rows"]
    return {
        row["subset"]: [row["machines"], *(row[name] for name in FIGURES)]
        for row in rows
        if row["label"] == label
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "out")


@pytest.fixture(scope="module")
def _ran(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> Path:
    experiment = Experiment(repeats=2, numerics=Numerics(device="cpu", precision="float32"))
    planned = plan("small", experiment, choose(experiment, ["knn"]), small_clips)
    store = Store(tmp_path_factory.mktemp("ran") / "out")
    store.open(small_clips.test_sets, "small")
    keep_rows(planned, small_clips, store)
    engine, _ = engine_for("local", 2, planned.recipe)
    done = run(planned, planned.cells, small_clips, store, engine=engine, watch=lambda event: None)
    store.close()
    assert not done.failed
    return store.folder


@pytest.fixture
def ran(_ran: Path, tmp_path: Path) -> Store:
    """An output folder with two repeats of knn, run for real."""
    shutil.copytree(_ran, tmp_path / "ran")
    return Store(tmp_path / "ran")


@pytest.fixture
def asdbench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asdbench:
    """Runs a command in this process, in a folder of its own; gives its exit code."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["asdbench", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return call


def test_an_import_has_the_figures_that_scikit_learn_gives(store: Store, tmp_path: Path) -> None:
    scores = drawn([*DEVELOPMENT, *EVALUATION])
    import_scores(store, "theirs", hand_in(tmp_path / "in", scores), dataset="dcase2020")
    found = board(store)
    assert [row.subset for row in found.rows] == ["evaluation", "development"]
    for row in found.rows:
        of_types = []
        for machine, of_machine in row.machines.items():
            aucs = []
            for id_, of_id in of_machine.ids.items():
                clips = [
                    clip
                    for clip in scores
                    if (clip.machine, clip.id, clip.subset) == (machine, id_, row.subset)
                ]
                labels = [bool(clip.anomalous) for clip in clips]
                values = [scores[clip] for clip in clips]
                aucs.append(roc_auc_score(labels, values))
                assert of_id.auc.mean == pytest.approx(aucs[-1], abs=1e-12)
                assert of_id.pauc.mean == pytest.approx(
                    roc_auc_score(labels, values, max_fpr=0.1), abs=1e-12
                )
            assert of_machine.mauc.mean == pytest.approx(min(aucs), abs=1e-12)
            of_types.append(statistics.fmean(aucs))
        assert row.auc.mean == pytest.approx(statistics.fmean(of_types), abs=1e-12)
    assert sum(len(m.ids) for row in found.rows for m in row.machines.values()) == 41


def test_an_import_is_stored_as_every_row_is(store: Store, tmp_path: Path) -> None:
    for number in (10, 2, 1):
        hand_in(tmp_path / "theirs" / f"repeat_{number}", drawn(DEVELOPMENT, number))
    import_scores(store, "TheirSystem_1.0", tmp_path / "theirs", dataset="dcase2020")
    row = store.row("TheirSystem_1.0")
    assert row is not None
    files = row["origin"].pop("files")
    assert len(files) == 64
    assert row == {
        "label": "TheirSystem_1.0",
        "method": "TheirSystem_1.0",
        "summary": "Scores made elsewhere, imported from theirs.",
        "fields": {},
        "experiment": "dcase2020",
        "recipe": {},
        "origin": {"kind": "import", "folder": "theirs"},
        "repeats": row["repeats"],
    }
    for number, ([name], folder) in enumerate(zip(row["repeats"], (1, 2, 10), strict=True)):
        cell = store.cell(name)
        assert cell is not None
        assert name == f"TheirSystem_1.0-all-r{number}-{cell['key']}"
        assert cell["seconds"] is None
        assert cell["facts"]["folder"] == f"repeat_{folder}"  # in natural order
        assert set(cell["facts"]) == {"imported", "files", "folder"}
        expected = drawn(DEVELOPMENT, folder)
        lines = store.scores(name)
        assert len(lines) == len(DEVELOPMENT)
        assert lines == sorted(lines, key=lambda s: (s.machine, s.id, s.subset, s.clip))
        for line in lines:
            clip = Clip(line.machine, line.id, line.subset, "test", line.anomalous, line.clip)
            assert line.score == expected[clip]
        assert store.history(name) == []
        names = {path.name for path in store.cell_folder(name).iterdir()}
        assert names == {"scores.csv", "history.csv", "cell.json"}


def test_the_test_set_is_the_one_of_whoever_has_the_complete_data(
    store: Store, tmp_path: Path
) -> None:
    scores = drawn([*DEVELOPMENT, *EVALUATION])
    import_scores(store, "theirs", hand_in(tmp_path / "in", scores), dataset="dcase2020")
    official_sets = {s: facts.official_test_set(s) for s in ("development", "evaluation")}
    assert store.test_sets() == official_sets == hash_test_sets([*EVALUATION, *DEVELOPMENT])
    assert len(set(official_sets.values())) == 2


def test_a_system_may_cover_one_subset_and_the_next_one_both(store: Store, tmp_path: Path) -> None:
    development = hand_in(tmp_path / "a", drawn(DEVELOPMENT, 1))
    both = hand_in(tmp_path / "b", drawn([*DEVELOPMENT, *EVALUATION], 2))
    import_scores(store, "part", development, dataset="dcase2020")
    assert store.test_sets().keys() == {"development"}
    with pytest.raises(ValueError, match="there is no ToyCar id_05 among the test clips"):
        import_scores(store, "whole", both)  # the rows know development clips only
    import_scores(store, "whole", both, dataset="dcase2020")
    assert store.test_sets().keys() == {"development", "evaluation"}
    import_scores(store, "whole", both)  # now the rows say what the test clips are
    import_scores(store, "part", development)
    covered = {(row.label, row.subset) for row in board(store).rows}
    assert covered == {
        ("part", "development"),
        ("whole", "development"),
        ("whole", "evaluation"),
    }


def test_other_test_clips_are_refused(ran: Store, tmp_path: Path) -> None:
    before = ran.test_sets()
    folder = hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    with pytest.raises(ValueError, match="holds results on other development test clips") as error:
        import_scores(ran, "theirs", folder, dataset="dcase2020")
    assert "use another --out" in said(error)
    assert ran.row("theirs") is None
    assert ran.test_sets() == before
    with ran.claimed() as ours:
        assert ours


def test_a_folder_that_a_run_writes_to_is_left_alone(ran: Store, tmp_path: Path) -> None:
    [*exported] = export(ran)
    assert [row.label for row in exported] == ["knn"]
    ran.open(ran.test_sets(), "a run")
    try:
        with pytest.raises(ValueError, match="another run is writing"):
            import_scores(Store(ran.folder), "theirs", ran.folder / "export" / "knn")
    finally:
        ran.close()


def test_without_dataset_and_rows_there_is_nothing_to_check_against(
    store: Store, tmp_path: Path
) -> None:
    folder = hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    with pytest.raises(ValueError, match=r"no row in .* says what the test clips are") as error:
        import_scores(store, "theirs", folder)
    assert "--dataset dcase2020" in said(error)
    assert not store.folder.exists()
    with pytest.raises(ValueError, match="'dcase2021' aren't built in; there is dcase2020"):
        import_scores(store, "theirs", folder, dataset="dcase2021")


def test_a_row_that_is_not_complete_does_not_say_what_the_test_clips_are(
    ran: Store, tmp_path: Path
) -> None:
    row = ran.row("knn")
    assert row is not None
    (ran.cell_folder(row["repeats"][0][0]) / "cell.json").unlink()
    assert len(clips_to_score(ran, None)) == 16  # of the repeat that is
    (ran.cell_folder(row["repeats"][1][0]) / "cell.json").unlink()
    with pytest.raises(ValueError, match="says what the test clips are"):
        clips_to_score(ran, None)


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "a/b", "a b", "ü", "..", "x" * 101, "a\n"])
def test_a_name_that_no_file_can_have_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="can't be the name of a row") as error:
        import_scores(store, name, tmp_path, dataset="dcase2020")
    assert repr(name) in said(error)


def test_an_import_replaces_an_import_and_never_a_run(ran: Store, tmp_path: Path) -> None:
    clips = clips_to_score(ran, None)
    first, second = drawn(clips, 1), drawn(clips, 2)
    import_scores(ran, "theirs", hand_in(tmp_path / "a", first))
    before = ran.row("theirs")
    import_scores(ran, "theirs", hand_in(tmp_path / "b", second))
    after = ran.row("theirs")
    assert before is not None
    assert after is not None
    assert before["repeats"] != after["repeats"]
    assert not ran.cell_folder(before["repeats"][0][0]).exists()
    assert {s.score for s in ran.scores(after["repeats"][0][0])} == set(second.values())
    import_scores(ran, "theirs", tmp_path / "b")
    assert ran.done(after["repeats"][0][0])
    with pytest.raises(ValueError, match=r"the row 'knn' in .* was run by asdbench") as error:
        import_scores(ran, "knn", tmp_path / "b")
    assert "use another name" in said(error)


def test_a_run_does_not_replace_an_import(ran: Store, tmp_path: Path) -> None:
    import_scores(ran, "simclr", hand_in(tmp_path / "in", drawn(clips_to_score(ran, None))))
    before = ran.row("simclr")
    with pytest.raises(ValueError, match=r"the row 'simclr' in .* was imported; use another"):
        ran.keep_row(PlannedRow("simclr", "simclr", "Views.", {}, {"kind": "run"}, ()), "small", {})
    assert ran.row("simclr") == before


def test_a_plan_can_be_shown_beside_an_import_named_like_a_method(
    ran: Store, tmp_path: Path, small_clips: Clips
) -> None:
    import_scores(ran, "knn-matlab", hand_in(tmp_path / "in", drawn(clips_to_score(ran, None))))
    experiment = Experiment(repeats=3, numerics=Numerics(device="cpu", precision="float32"))
    planned = plan("small", experiment, choose(experiment, ["knn"]), small_clips)
    show_plan(planned, ran, engine_for("local", 1, planned.recipe)[0], False)


Edit = Callable[[Path], None]


def rewritten(file: str, edit: Callable[[str], str]) -> Edit:
    def change(folder: Path) -> None:
        path = folder / file
        path.write_text(edit(path.read_text()))

    return change


def named(file: str, other: str) -> Edit:
    return lambda folder: (folder / file).rename(folder / other)


FAN = "anomaly_score_fan_id_00.csv"
FIRST = "normal_id_00_00000000.wav"


def first_line(text: str) -> Edit:
    return rewritten(FAN, lambda old: text + "\n" + old.partition("\n")[2])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (named(FAN, "else.txt"), ["lacks 1 score files: anomaly_score_fan_id_00.csv", "devel"]),
        (rewritten(FAN, lambda old: old.partition("\n")[2]), ["of 1 test clips", f"fan {FIRST}"]),
        (rewritten(FAN, lambda old: ""), [FAN, "is empty"]),
        (
            rewritten(FAN, lambda old: old + "".join(f"more_{n}.wav,1\n" for n in range(5))),
            [FAN, "5 file names", "more_0.wav, more_1.wav, more_2.wav and 2 more", "exact"],
        ),
        (
            rewritten(FAN, lambda old: old.replace(".wav", "")),
            ["4 file names", "normal_id_00_00000000,", "as anomaly_id_00_00000000.wav"],
        ),
        (rewritten(FAN, lambda old: old + f"{FIRST},1\n"), [f"line 5: {FIRST}", "line 1 already"]),
        (first_line(f"{FIRST},high"), [FAN, "line 1", "'high' is not a number", "0.125"]),
        (first_line(f"{FIRST},"), [FAN, "line 1", "'' is not a number"]),
        (first_line(f"{FIRST},nan"), [FAN, "line 1", "'nan' is not finite"]),
        (first_line(f"{FIRST},-Inf"), [FAN, "line 1", "'-Inf' is not finite"]),
        (first_line(f"{FIRST},1e999"), [FAN, "line 1", "'1e999' is not finite"]),
        (first_line(f"{FIRST},0,5"), [FAN, "line 1", "has 3 fields", "with a decimal point"]),
        (first_line(f"{FIRST};0.5"), [FAN, "line 1", "has 1 fields", "file name,score"]),
        (
            rewritten(FAN, lambda old: "file,score\n" + old),
            ["line 1", "'score'", "the challenge's form has no header"],
        ),
        (first_line(f'"{FIRST}"x,1'), [FAN, "line 1", "broken CSV"]),
        (rewritten(FAN, lambda old: old + '"open,1\n'), [FAN, "broken CSV"]),
        (
            lambda folder: (folder / FAN).write_bytes(f"{FIRST},1\nf\xfcr,1\n".encode("latin-1")),
            [FAN, "isn't UTF-8", "save it as UTF-8"],
        ),
        (
            named(FAN, "anomaly_score_fan_id_07.csv"),
            ["no fan id_07", "but fan id_00, id_01, id_02", "--dataset dcase2020"],
        ),
        (named(FAN, "anomaly_score_gearbox_id_00.csv"), ["no gearbox id_00", "but only fan"]),
        (named(FAN, "fan_id_00.csv"), ["fan_id_00.csv isn't named as a score file", "rename it"]),
        (named(FAN, FAN.upper()), ["isn't named as a score file"]),
        (
            lambda folder: hand_in(folder / "repeat_1", drawn(FEW)),
            ["holds csv files, and so does repeat_1"],
        ),
    ],
)
def test_what_is_wrong_with_score_files_is_said_in_one_line(
    tmp_path: Path, edit: Edit, expected: list[str]
) -> None:
    folder = hand_in(tmp_path / "in", drawn(FEW_DEVELOPMENT))
    edit(folder)
    with pytest.raises(ValueError, match=re.escape(expected[0])) as error:
        read_repeats(folder, FEW)
    for part in (str(folder), *expected):
        assert part in said(error)


def test_a_folder_without_score_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"no folder {tmp_path}/gone"):
        read_repeats(tmp_path / "gone", FEW)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("none yet")
    with pytest.raises(ValueError, match=f"no score files in {tmp_path}/in;"):
        read_repeats(tmp_path / "in", FEW)
    hand_in(tmp_path / "in" / "repeat_0", drawn(FEW))
    (tmp_path / "in" / "repeat_1").mkdir()
    with pytest.raises(ValueError, match=f"no score files in {tmp_path}/in/repeat_1"):
        read_repeats(tmp_path / "in", FEW)


def test_repeats_cover_the_same_subsets(tmp_path: Path) -> None:
    hand_in(tmp_path / "in" / "one", drawn(FEW))
    hand_in(tmp_path / "in" / "two", drawn(FEW_DEVELOPMENT))
    with pytest.raises(ValueError, match="cover different subsets") as error:
        read_repeats(tmp_path / "in", FEW)
    assert "one development and evaluation, two development;" in said(error)


def test_what_other_programs_write_is_read(tmp_path: Path) -> None:
    scores = drawn(FEW)
    folder = hand_in(tmp_path / "in", scores)
    path = folder / FAN
    windows = path.read_text().replace("\n", "\r\n") + "\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + windows.encode())
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / "._anomaly_score_fan_id_00.csv").write_bytes(b"\x00")
    (folder / "README.txt").write_text("how they were made")
    [repeat] = read_repeats(folder, FEW)
    assert repeat.scores == scores
    assert repeat.subsets == ["development", "evaluation"]


def test_an_id_in_both_subsets_has_one_file_for_both(tmp_path: Path) -> None:
    clips = [
        Clip("fan", "00", subset, "test", anomalous, f"{subset}_{anomalous}.wav")
        for subset in ("development", "evaluation")
        for anomalous in (False, True)
    ]
    scores = drawn(clips)
    for name, text in score_files(scores).items():
        (tmp_path / name).write_text(text)
    assert [path.name for path in tmp_path.iterdir()] == [score_file("fan", "00")]
    assert read_repeats(tmp_path, clips)[0].scores == scores
    lines = (tmp_path / FAN).read_text().splitlines()
    (tmp_path / FAN).write_text("\n".join(sorted(lines)[:2]))  # development only
    assert read_repeats(tmp_path, clips)[0].subsets == ["development"]


def test_a_name_in_both_subsets_cannot_be_told_apart() -> None:
    clips = [
        Clip("fan", "00", subset, "test", None, "id_00_1.wav")
        for subset in ("development", "evaluation")
    ]
    with pytest.raises(ValueError, match=r"id_00_1.wav of fan id_00 is a test clip of both"):
        score_files(drawn(clips))
    with pytest.raises(ValueError, match="can't tell them apart"):
        read_repeats(Path(), clips)


def test_what_is_exported_and_imported_has_the_same_figures(ran: Store) -> None:
    [exported] = export(ran)
    assert (exported.label, exported.repeats, exported.files) == ("knn", 2, 8)
    import_scores(ran, "knn-elsewhere", ran.folder / "export" / "knn")
    assert figures(ran, "knn-elsewhere") == figures(ran, "knn") != {}


def test_an_export_has_complete_repeats_by_their_numbers_and_nothing_old(ran: Store) -> None:
    list(export(ran))
    folder = ran.folder / "export" / "knn"
    assert sorted(path.name for path in folder.iterdir()) == ["repeat_0", "repeat_1"]
    assert len(list((folder / "repeat_1").iterdir())) == 4
    row = ran.row("knn")
    assert row is not None
    (ran.cell_folder(row["repeats"][0][0]) / "cell.json").unlink()
    [exported] = export(ran)
    assert (exported.repeats, exported.files) == (1, 4)
    assert [path.name for path in folder.iterdir()] == ["repeat_1"]
    for path in (ran.folder / "rows").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="no rows in"):
        list(export(ran))


def test_the_commands_end_in_a_leaderboard(
    asdbench: Asdbench, ran: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asdbench("export", "--out", ran.folder) == 0
    assert f"knn: 2 repeats, 8 files in {ran.folder}/export/knn" in capsys.readouterr().out
    given = ran.folder / "export" / "knn"
    assert asdbench("import", "theirs", given, "--out", ran.folder) == 0
    shown = capsys.readouterr()
    assert "| theirs" in shown.out
    assert "| knn" in shown.out
    assert shown.out == (ran.folder / "leaderboard.md").read_text()
    assert f"theirs: 2 repeats, development, in {ran.folder}" in shown.err
    assert asdbench("leaderboard", "--out", ran.folder) == 0
    assert capsys.readouterr().out == shown.out


def test_the_default_folders_and_one_line_for_wrong_input(
    asdbench: Asdbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    assert asdbench("import", "theirs", "in") == 2
    assert "no row in runs/demo says" in capsys.readouterr().err
    assert asdbench("import", "theirs", "in", "--dataset", "dcase2020") == 0
    assert (tmp_path / "runs" / "dcase2020" / "leaderboard.json").exists()
    assert asdbench("export") == 2
    assert "no results in runs/demo" in capsys.readouterr().err
