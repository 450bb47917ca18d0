"""The LaTeX leaderboard: the right figures in bold, and a table that a real LaTeX sets."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asdbench_leaderboards import latex
from boards import made
from typeset import too_wide, typeset

from asdbench.evaluation import Board, MachineFigures, Row, Spread

KNOWN = {"development": "DCASE 2020 Task 2", "evaluation": "DCASE 2020 Task 2"}
HOSTILE = [
    "[x] * & \\\\ %",
    "* star",
    "\\input{/etc/hostname}",
    "{a}_b^c~d$e$#1",
    "}\\end{table*}",
    '"quoted" `ticks` <b>|--- ?`',
    "naïve Łódź ±3 °C αβΩ",
    "风扇 🎉 \u202e\x1b[31m\ufffd",
    "a-very-long_name_of_a_variant-without_blanks_and_ends",
]


def lines_of(text: str) -> dict[str, list[str]]:
    """The cells of each line of the tables by what its first cell shows."""
    found = {}
    for line in text.splitlines():
        if line.endswith(r" \\"):
            first, *cells = line.removesuffix(r" \\").split(" & ")
            found[re.sub(r"\\textsuperscript{.*?}", "", first)] = cells
    return found


def with_means(row: Row, mean: float) -> Row:
    """The row with this mean in every place."""

    def changed(of: Any) -> Any:
        figures = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
        return replace(of, **{name: Spread(mean, 0.004, (mean,)) for name in figures})

    machines = {name: changed(of_machine) for name, of_machine in row.machines.items()}
    return replace(changed(row), machines=machines)


def small(*means: float, **changed: Any) -> Board:
    board = made([f"m{i}" for i in range(len(means))], machines={"fan": 3}, subsets=["development"])
    rows = [with_means(row, mean) for row, mean in zip(board.rows, means, strict=True)]
    return replace(board, rows=rows, **changed)


def test_a_line_has_each_machine_type_then_the_average() -> None:
    board = made(["knn", "wide"], subsets=["development"])
    lines = lines_of(latex.render(board))
    names = [re.sub(r".*{(\w+)}", r"\1", cell) for cell in lines[""]]
    assert names == ["fan", "pump", "slider", "valve", "ToyCar", "ToyConveyor", "Average"]
    columns = [cell.removeprefix(r"{\scriptsize ").rstrip("}") for cell in lines["Method"]]
    assert columns == ["AUC", "pAUC"] * 6 + ["AUC", "pAUC", "mAUC", "Mean"]
    [knn, _] = board.rows
    spreads = [
        getattr(knn.machines[name], figure) for name in names[:-1] for figure in ("auc", "pauc")
    ]
    spreads += [knn.auc, knn.pauc, knn.mauc, knn.mean_auc_pauc]
    cells = [cell.replace(r"\textbf{", "").replace("}}", "}") for cell in lines["knn"]]
    assert cells == [rf"\spread{{{100 * s.mean:.1f}}}{{{100 * s.sd:.1f}}}" for s in spreads]


def test_rows_that_tie_as_printed_are_all_best() -> None:
    lines = lines_of(latex.render(small(0.91249, 0.91151, 0.90949)))
    assert set(lines["m0"]) == set(lines["m1"]) == {r"\spread{\textbf{91.2}}{0.4}"}
    assert set(lines["m2"]) == {r"\spread{90.9}{0.4}"}


def test_the_best_is_the_largest_number_not_the_last_word() -> None:
    lines = lines_of(latex.render(small(0.099, 1.0)))
    assert set(lines["m0"]) == {r"\spread{9.9}{0.4}"}
    assert set(lines["m1"]) == {r"\spread{\textbf{100.0}}{0.4}"}


def test_nothing_is_best_of_one() -> None:
    assert "textbf" not in latex.render(small(0.9))


def test_one_repeat_has_no_deviation() -> None:
    board = made(["knn", "wide"], repeats=1)
    text = latex.render(board)
    assert "one repeat" in text
    assert "pm$~" not in text
    assert not any(r"\spread" in cell for cells in lines_of(text).values() for cell in cells)


def test_a_machine_type_that_a_row_lacks_has_a_dash() -> None:
    board = made(["knn", "wide"], subsets=["development"], machines={"fan": 2, "pump": 2})
    fan = {"fan": board.rows[1].machines["fan"]}
    rows = [board.rows[0], replace(board.rows[1], machines=fan)]
    assert lines_of(latex.render(replace(board, rows=rows)))["wide"][2:4] == ["--", "--"]


def test_the_caption_says_how_the_numbers_came_about() -> None:
    board = made(["knn", "wide", "late"], known=KNOWN)
    captions = re.findall(r"\\caption{(.*)}", latex.render(board))
    assert [caption.split(":")[0] for caption in captions] == [
        "made up, evaluation set",
        "made up, development set",
    ]
    for said in (
        r"(max.\ FPR 0.1) in \%",
        r"mean over 3 repeats with $\pm$~standard deviation; best in bold",
        "Rows that share a letter can't be told apart",
        "; 23 machine IDs)",
        "Trained on 360 development clips of 12 machine IDs.",
        "Base seed 0.",
    ):
        assert all(said in caption for caption in captions), said
    fewer = [replace(row, repeats=2) if row.label == "late" else row for row in board.rows]
    assert "mean over 2 to 3 repeats" in latex.render(replace(board, rows=fewer))


def test_letters_are_raised_and_marks_explained() -> None:
    board = small(0.9, 0.8)
    oracle = {"kind": "tuned", "objective": "oracle"}
    rows = [
        replace(board.rows[0], letters={"here": "ab", "elsewhere": "c"}),
        replace(board.rows[1], letters={"here": "b", "elsewhere": None}, origin=oracle),
    ]
    made = replace(board, rows=rows)
    text = latex.render(made)
    assert r"m0\textsuperscript{ab} & " in text
    assert r"m1\textsuperscript{b} (tuned with labels)\strut}" in text
    assert "Tuned with labels: fields chosen with the labels of development test clips" in text
    asked = latex.render(made.asking("elsewhere"))
    assert r"m0\textsuperscript{c} & " in asked
    assert r"m1\textsuperscript{?} (tuned with labels)\strut}" in asked


def test_the_dagger_is_of_remarks_alone() -> None:
    board = made(["m0", "m1"], known=KNOWN)
    rows = [replace(row, remarks=["pretrained"] * (row.label == "m0")) for row in board.rows]
    marked = [
        line
        for line in latex.render(replace(board, rows=rows)).splitlines()
        if r"\dag" in line and not line.startswith("%")
    ]
    assert marked
    assert all("m0" in line for line in marked)


def test_published_results_are_below_a_rule_marked_and_never_bold() -> None:
    text = latex.render(made(known=KNOWN))
    evaluation, development = text.split(r"\end{table*}")[:2]
    assert "Published" not in evaluation
    measured, published = development.split(r"\midrule")[1:]
    assert "textbf" in measured
    assert "textbf" not in published
    assert r"\emph{Published (chosen on the test set where marked \ddag)}" in published
    lines = lines_of(published)
    stgram = ["94.0", "89.0", "91.9", "81.8", "99.6", "97.6", "99.6", "98.4", "94.4", "87.7"]
    assert lines["STgram-MFN"] == [*stgram, "74.6", "63.6", "92.4", "86.3", "84.9", ""]
    assert r"STgram-MFN\textsuperscript{\ddag,3} & " in published
    assert r"CLP-SCF\textsuperscript{\ddag,\P,4} & " in published
    assert r"\multicolumn{13}{@{}l@{}}{Noisy-ArcMix\textsuperscript{\S,6}} & 94.7 &" in published
    assert r"ASDKit raw BEATs\textsuperscript{7}} & 70.2 \\" in published
    assert r"\textsuperscript{3}STgram-MFN README;" in published
    assert "Trained on development and additional training data: STgram-MFN, CLP-SCF." in published
    assert "Published" not in latex.render(made())


def test_many_machine_types_go_below_each_other() -> None:
    board = made(["knn"], machines={f"type{i:02}": 2 for i in range(16)}, subsets=["development"])
    text = latex.render(board)
    assert text.count(r"\begin{tabular}") == 3
    assert text.count("{Average}") == 1
    assert all(text.count(f"{{type{i:02}}}") == 1 for i in range(16))


def test_notes_and_names_stay_in_their_comments() -> None:
    text = latex.render(made(["knn"], notes=["two\nlines"], benchmark="a\nb"))
    assert text.startswith("% a b: leaderboard by asdbench")
    assert "% Note: two lines\n" in text


def test_a_board_without_rows_is_a_comment() -> None:
    text = latex.render(made([], subsets=[], notes=["knn: no repeat is complete"]))
    assert all(not line or line.startswith("%") for line in text.splitlines())


@pytest.mark.parametrize("known", [{}, KNOWN])
def test_latex_sets_a_board_within_the_page(tmp_path: Path, known: dict[str, str]) -> None:
    board = made(known=known)
    (tmp_path / "board.tex").write_text(latex.render(board), encoding="utf-8")
    log = typeset(tmp_path, r"\input{board}")
    assert [points for points in too_wide(log) if points > 2] == []


def test_latex_sets_hostile_names_everywhere(tmp_path: Path) -> None:
    board = made(HOSTILE, machines=dict.fromkeys(HOSTILE, 2), repeats=2)
    changed = {"benchmark": " ".join(HOSTILE), "notes": HOSTILE, "made_from": HOSTILE[0]}
    rows = [replace(row, letters={"here": "ab_&"}) for row in board.rows]
    text = latex.render(replace(board, rows=rows, **changed))
    assert text.isascii() or all(line.isascii() for line in text.splitlines() if line[:1] != "%")
    (tmp_path / "board.tex").write_text(text, encoding="utf-8")
    assert not re.search(r"^[\[*]", text, re.M)  # a command at the line's end would take it
    log = typeset(tmp_path, r"\input{board}")
    assert "Output written on paper.pdf (3 pages" in log  # the text and a page a table


def test_latex_breaks_long_names(tmp_path: Path) -> None:
    names = ["id_contrastive-khosla_denominator_lr=0.0001", "VariationalAutoencoderPretrained"]
    board = made([*names, "a.b/c.d/e.f/g.h/i.j/k.l", "knn"], known=KNOWN)
    rows = [replace(row, origin={"kind": "import"}) for row in board.rows]
    (tmp_path / "board.tex").write_text(latex.render(replace(board, rows=rows)))
    log = typeset(tmp_path, r"\input{board}")
    assert [points for points in too_wide(log) if points > 2] == []


def test_latex_sets_a_table_without_types_in_common(tmp_path: Path) -> None:
    """A row for which there is nothing but the average."""
    board = small(0.9, 0.8)
    nothing: dict[str, MachineFigures] = {}
    rows = [board.rows[0], replace(board.rows[1], machines=nothing)]
    (tmp_path / "board.tex").write_text(latex.render(replace(board, rows=rows)))
    typeset(tmp_path, r"\input{board}", top=r"\documentclass{article}")
