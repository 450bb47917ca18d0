"""Other systems' scores: in by the challenge's form, and what the board then says of them."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

import pytest
from handed_in import DEVELOPMENT, EVALUATION, drawn, hand_in, said
from plugin_files import installed_in
from sklearn.metrics import roc_auc_score
from small_runs import planned
from small_runs import ran as run_in

from asdbench.config.plugins import LEADERBOARDS
from asdbench.data.clips import Clip, Clips
from asdbench.data.dcase import facts
from asdbench.data.hashes import hash_test_sets
from asdbench.results.build import board, made_from
from asdbench.results.export import export_scores
from asdbench.results.files import all_written
from asdbench.results.interchange import import_scores
from asdbench.results.store import Store
from asdbench.results.to_score import to_score


@pytest.fixture(scope="module")
def _ran(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> Path:
    made = planned(small_clips, "knn")
    store, failed = run_in(tmp_path_factory.mktemp("ran") / "out", small_clips, made)
    assert not failed
    return store.folder


@pytest.fixture
def ran(_ran: Path, tmp_path: Path) -> Store:
    """An output folder with two repeats of knn, run for real."""
    shutil.copytree(_ran, tmp_path / "ran")
    return Store(tmp_path / "ran")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def _without_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of DCASE 2020's size take seconds; what they show, other tests say."""
    monkeypatch.setattr("asdbench.results.interchange.board", lambda _: None)
    monkeypatch.setattr("asdbench.results.interchange.write_boards", lambda *_: [])


def test_an_import_has_the_figures_that_scikit_learn_gives(out: Path, tmp_path: Path) -> None:
    scores = drawn([*DEVELOPMENT, *EVALUATION])
    done = import_scores("theirs", hand_in(tmp_path / "in", scores), dataset="dcase2020", out=out)
    assert [row.subset for row in done.board.rows] == ["evaluation", "development"]
    for row in done.board.rows:
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
    assert sum(len(m.ids) for row in done.board.rows for m in row.machines.values()) == 41


def test_an_import_is_stored_as_every_row_is(ran: Store, tmp_path: Path) -> None:
    clips = to_score(ran, None).clips
    for number in (10, 2, 1):
        hand_in(tmp_path / "theirs" / f"repeat_{number}", drawn(clips, number))
    done = import_scores("TheirSystem_1.0", tmp_path / "theirs", out=ran.folder)
    assert (done.label, done.repeats, done.subsets) == ("TheirSystem_1.0", 3, ("development",))
    assert (done.folder, done.broken) == (ran.folder, ())
    row = ran.row("TheirSystem_1.0")
    assert row is not None
    assert len(row["origin"].pop("files")) == 64
    assert row == {
        "label": "TheirSystem_1.0",
        "method": "TheirSystem_1.0",
        "summary": "Scores made elsewhere, imported from theirs.",
        "fields": {},
        "experiment": "small",
        "recipe": {},
        "origin": {"kind": "import", "folder": "theirs"},
        "repeats": row["repeats"],
    }
    for number, ([name], folder) in enumerate(zip(row["repeats"], (1, 2, 10), strict=True)):
        cell = ran.cell(name)
        assert cell is not None
        assert name == f"TheirSystem_1.0-all-r{number}-{cell['key']}"
        assert cell["facts"]["folder"] == f"repeat_{folder}"  # in natural order
        assert set(cell["facts"]) == {"imported", "files", "folder"}
        expected = drawn(clips, folder)
        lines = ran.scores(name)
        assert len(lines) == len(clips)
        for line in lines:
            clip = Clip(line.machine, line.id, line.subset, "test", line.anomalous, line.clip)
            assert line.score == expected[clip]


@pytest.mark.usefixtures("_without_boards")
def test_the_test_set_is_the_one_of_whoever_has_the_complete_data(
    out: Path, tmp_path: Path
) -> None:
    scores = drawn([*DEVELOPMENT, *EVALUATION])
    import_scores("theirs", hand_in(tmp_path / "in", scores), dataset="dcase2020", out=out)
    official_sets = {s: facts.official_test_set(2020, s) for s in ("development", "evaluation")}
    found = Store(out).test_sets()
    assert found == official_sets == hash_test_sets([*EVALUATION, *DEVELOPMENT])
    assert len(set(official_sets.values())) == 2


@pytest.mark.usefixtures("_without_boards")
def test_a_system_may_cover_one_subset_and_the_next_one_both(out: Path, tmp_path: Path) -> None:
    development = hand_in(tmp_path / "a", drawn(DEVELOPMENT, 1))
    both = hand_in(tmp_path / "b", drawn([*DEVELOPMENT, *EVALUATION], 2))
    import_scores("part", development, dataset="dcase2020", out=out)
    assert Store(out).test_sets().keys() == {"development"}
    with pytest.raises(ValueError, match="there is no ToyCar id_05 among the test clips"):
        import_scores("whole", both, out=out)  # the rows know development clips only
    import_scores("whole", both, dataset="dcase2020", out=out)
    assert Store(out).test_sets().keys() == {"development", "evaluation"}
    import_scores("whole", both, out=out)  # now the rows say what the test clips are
    import_scores("part", development, out=out)
    covered = {(row.label, row.subset) for row in board(Store(out)).rows}
    assert covered == {
        ("part", "development"),
        ("whole", "development"),
        ("whole", "evaluation"),
    }


def test_other_test_clips_are_refused(ran: Store, tmp_path: Path) -> None:
    before = ran.test_sets()
    folder = hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    with pytest.raises(ValueError, match="holds results on other development test clips") as error:
        import_scores("theirs", folder, dataset="dcase2020", out=ran.folder)
    assert "use another --out" in said(error)
    assert ran.row("theirs") is None
    assert ran.test_sets() == before
    with ran.claimed() as ours:
        assert ours


def test_a_folder_that_a_run_writes_to_is_left_alone(ran: Store) -> None:
    assert [row.label for row in export_scores(ran.folder)] == ["knn"]
    with (
        ran.opened(ran.test_sets(), "a run"),
        pytest.raises(ValueError, match="another run is writing"),
    ):
        import_scores("theirs", ran.folder / "export" / "knn", out=ran.folder)


def test_without_dataset_and_rows_there_is_nothing_to_check_against(
    out: Path, tmp_path: Path
) -> None:
    folder = hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    with pytest.raises(ValueError, match=r"no row in .* says what the test clips are") as error:
        import_scores("theirs", folder, out=out)
    assert "--dataset dcase2020" in said(error)
    assert not out.exists()
    with pytest.raises(
        ValueError, match="'dcase2026' aren't built in; there are those of dcase2020,"
    ):
        import_scores("theirs", folder, dataset="dcase2026", out=out)


def test_a_row_that_is_not_complete_does_not_say_what_the_test_clips_are(ran: Store) -> None:
    row = ran.row("knn")
    assert row is not None
    (ran.cell_folder(row["repeats"][0][0]) / "cell.json").unlink()
    assert len(to_score(ran, None).clips) == 16  # of the repeat that is
    (ran.cell_folder(row["repeats"][1][0]) / "cell.json").unlink()
    with pytest.raises(ValueError, match="says what the test clips are"):
        to_score(ran, None)


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "a/b", "a b", "ü", "..", "x" * 101, "a\n"])
def test_a_name_that_no_file_can_have_is_refused(out: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="can't be the name of a row") as error:
        import_scores(name, tmp_path, dataset="dcase2020", out=out)
    assert repr(name) in said(error)


def test_an_import_replaces_an_import_and_never_a_run(ran: Store, tmp_path: Path) -> None:
    clips = to_score(ran, None).clips
    first, second = drawn(clips, 1), drawn(clips, 2)
    import_scores("theirs", hand_in(tmp_path / "a", first), out=ran.folder)
    before = ran.row("theirs")
    import_scores("theirs", hand_in(tmp_path / "b", second), out=ran.folder)
    after = ran.row("theirs")
    assert before is not None
    assert after is not None
    assert before["repeats"] != after["repeats"]
    assert not ran.cell_folder(before["repeats"][0][0]).exists()
    assert {s.score for s in ran.scores(after["repeats"][0][0])} == set(second.values())
    import_scores("theirs", tmp_path / "b", out=ran.folder)
    assert ran.done(after["repeats"][0][0])
    with pytest.raises(ValueError, match=r"the row 'knn' in .* was run by asdbench") as error:
        import_scores("knn", tmp_path / "b", out=ran.folder)
    assert "use another name" in said(error)


SPY = """
    '''A spy.'''
    from pathlib import Path
    from asdbench.results.store import Store

    def render(board):
        '''Which rows a board has, and whether the folder is anybody's then.'''
        with Store(Path({folder!r})).claimed() as free:
            return f"{{', '.join(row.label for row in board.rows)}}; {{'free' if free else 'held'}}"
"""


def test_row_and_boards_are_written_under_one_lock(
    ran: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    source, entry = SPY.format(folder=str(ran.folder)), "spy = {module}:render"
    installed_in(tmp_path, "spy", source, entry=entry, group=LEADERBOARDS)
    folder = hand_in(tmp_path / "in", drawn(to_score(ran, None).clips))
    done = import_scores("theirs", folder, out=ran.folder)
    shown = (ran.folder / "leaderboard.spy").read_text()
    assert shown in {"knn, theirs; held", "theirs, knn; held"}
    assert all_written(ran, made_from(ran))
    assert {row.label for row in done.board.rows} == {"knn", "theirs"}
    with ran.claimed() as free:
        assert free
