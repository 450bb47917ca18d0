"""Exports for a challenge: its names, its order, decisions; and the way back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from first_shots import first_shot_run

import asdbench
from asdbench.data.dcase import facts
from asdbench.results.export import export_scores
from asdbench.results.store import Store


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return first_shot_run(tmp_path_factory.mktemp("first-shot") / "out")


def test_a_board_shows_the_year_s_figures_or_those_asked_for(ran: Path) -> None:
    def columns(text: str) -> list[str]:
        head = next(line for line in text.splitlines() if "P(best)" in line)
        return [cell.strip() for cell in head.strip("|").split("|")][2:-5]

    domains = ["AUC source", "AUC target", "pAUC h-mean"]
    usual = [*domains, "F1", "recall", "specificity", "official score"]
    assert columns(asdbench.render(ran)) == usual
    assert columns(asdbench.render(ran, figures=["f1", "auc"])) == ["AUC", "F1"]
    assert columns(asdbench.render(ran)) == usual  # what is on disk stays
    with pytest.raises(ValueError, match="no figure 'accuracy'; "):
        asdbench.render(ran, figures=["accuracy"])


def test_a_row_goes_out_for_2025_and_comes_in_again_with_the_same_figures(ran: Path) -> None:
    [done] = asdbench.export_scores(ran, rows=["knn"], challenge=2025)
    assert (done.repeats, done.files) == (2, 2 * 2 * 4)
    assert done.folder == ran / "challenge-2025" / "knn"
    board = asdbench.import_scores("again", done.folder, out=ran).board
    rows = {row.label: row for row in board.subset("evaluation")}
    assert rows["again"].more.keys() >= {"official", "auc_source", "pauc_harmonic", "f1"}
    for name in rows["knn"].more:
        assert rows["again"].more[name].values == rows["knn"].more[name].values
    assert rows["again"].machines == rows["knn"].machines


def test_files_are_in_order_of_their_clips_and_decisions_are_above_one_threshold(
    ran: Path,
) -> None:
    [done] = export_scores(ran, rows=["knn"], challenge=2025)
    folder = done.folder / "repeat_0"
    for machine in ("Blower", "Compressor", "Feeder", "Injector"):
        read = {
            kind: list(csv.reader((folder / f"{kind}_{machine}_section_00_test.csv").open()))
            for kind in ("anomaly_score", "decision_result")
        }
        names = [name for name, _ in read["anomaly_score"]]
        assert names == sorted(names) == [name for name, _ in read["decision_result"]]
        assert names[0] == "section_00_0000.wav"
        decided = [one == "1" for _, one in read["decision_result"]]
        scores = [float(score) for _, score in read["anomaly_score"]]
        below = [score for score, one in zip(scores, decided, strict=True) if not one]
        above = [score for score, one in zip(scores, decided, strict=True) if one]
        assert max(below, default=-1e9) < min(above, default=1e9)


def test_clips_of_another_year_are_said_to_be_so(
    ran: Path, caplog: pytest.LogCaptureFixture
) -> None:
    export_scores(ran, rows=["knn"], challenge=2024)
    assert "aren't those of DCASE 2024 Task 2" in caplog.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"challenge": 2019}, "no challenge of 2019; there are those of 2020"),
        ({"rows": ["knm"]}, r"no row 'knm' in .*; did you mean knn\?"),
    ],
)
def test_what_there_is_not_is_an_error(ran: Path, asked: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        export_scores(ran, **asked)  # type: ignore[arg-type]


def test_a_team_s_submission_of_2023_is_a_row_with_the_official_score(tmp_path: Path) -> None:
    folder = tmp_path / "team" / "system"
    folder.mkdir(parents=True)
    for (machine, section, name), truth in facts.official_test_clips(2023, "evaluation").items():
        score = truth.anomalous + 0.5 * (truth.domain == "target")
        for kind, value in (("anomaly_score", score), ("decision_result", int(score >= 1))):
            with (folder / f"{kind}_{machine}_section_{section}_test.csv").open("a") as file:
                file.write(f"{name},{value}\n")
    done = asdbench.import_scores("team", folder, dataset="dcase2023", out=tmp_path / "out")
    [row] = done.board.rows
    assert done.board.known == {"evaluation": "DCASE 2023 Task 2"}
    assert (row.subset, row.repeats) == ("evaluation", 1)
    assert row.more["auc_source"].mean == row.more["auc_target"].mean == 1.0
    assert row.more["official"].mean == pytest.approx(1.0)
    assert row.more["recall"].mean == 1.0
    out = export_scores(tmp_path / "out", challenge=2023)[0].folder / "repeat_0"
    for file in folder.iterdir():
        assert sorted(file.read_text().splitlines()) == (out / file.name).read_text().splitlines()


def test_without_decisions_a_challenge_can_not_be_entered(ran: Path, tmp_path: Path) -> None:
    store = Store(ran)
    [done] = export_scores(ran, rows=["knn"])
    scores = tmp_path / "scores"
    scores.mkdir()
    for file in (done.folder / "repeat_0").glob("anomaly_score_*"):
        (scores / file.name).write_text(file.read_text())
    asdbench.import_scores("undecided", scores, out=store.folder)
    with pytest.raises(ValueError, match="undecided has no decisions, which the challenge wants"):
        export_scores(ran, rows=["undecided"], challenge=2025)
