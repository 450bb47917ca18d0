"""Published results below a LaTeX table: which columns they fill, and what their signs say."""

from __future__ import annotations

from typing import Any

from asdbench_leaderboards import _tex_published
from asdbench_leaderboards._published import AVERAGE, Published
from asdbench_leaderboards._tex import Column

COLUMNS = [
    Column("fan", "auc"),
    Column("fan", "pauc"),
    Column(AVERAGE, "auc"),
    Column(AVERAGE, "mean_auc_pauc"),
]


def result(system: str, machine: str, **told: Any) -> Published:
    words = {
        "auc_kind": "mean over machine IDs",
        "training_data": "development",
        "checkpoint": "last epoch",
        "source": "A paper",
    }
    names = ("auc", "pauc", "mauc", "mean_auc_pauc")
    figures = {name: told.pop(name) for name in names if name in told}
    whole: dict[str, Any] = words | {"verified": True, "sd": None} | told
    return Published(system, "development", machine, figures, **whole)


def test_a_system_has_a_line_with_what_it_reports() -> None:
    ours = [
        result("ours", "fan", auc=0.9404, pauc=0.8895),
        result("ours", AVERAGE, auc=0.9, mean_auc_pauc=0.6533, sd=0.0041),
    ]
    rule, head, space, line = _tex_published.lines(ours, COLUMNS)
    assert rule == r"\midrule"
    assert head.startswith(r"\multicolumn{5}{@{}l@{}}{\emph{Published (chosen on the")
    assert space == r"\addlinespace[2pt]"
    # Published with two decimals, rounded half up: 88.95 is 89.0.
    assert line == r"ours\textsuperscript{1} & 94.0 & 89.0 & 90.0 & \spread{65.3}{0.4} \\"


def test_the_name_takes_the_place_of_cells_before_the_first_figure() -> None:
    some = [result("a long name of a system", AVERAGE, auc=0.7)]
    *_, line = _tex_published.lines(some, COLUMNS)
    name = r"a long name of a system\textsuperscript{1}"
    assert line == rf"\multicolumn{{3}}{{@{{}}l@{{}}}}{{{name}}} & 70.0 &  \\"


def test_a_system_without_any_of_the_columns_has_no_line() -> None:
    assert _tex_published.lines([result("pump only", "pump", auc=0.7)], COLUMNS) == []
    both = [result("pump only", "pump", auc=0.7), result("ours", "fan", auc=0.8)]
    found = _tex_published.lines(both, COLUMNS)
    assert len(found) == 4
    assert "pump only" not in "".join(found)


def test_signs_say_how_far_a_result_can_be_trusted() -> None:
    others = [
        result("chosen", "fan", auc=0.9, checkpoint="best on the test set"),
        result("pooled", "fan", auc=0.9, auc_kind="pooled over a machine type", source="A page"),
        result("unsure", "fan", auc=0.9, verified=False, training_data="not stated"),
    ]
    *_, chosen, pooled, unsure = _tex_published.lines(others, COLUMNS)
    assert chosen.startswith(r"chosen\textsuperscript{\ddag,1} &")
    assert pooled.startswith(r"pooled\textsuperscript{\S,2} &")
    assert unsure.startswith(r"unsure\textsuperscript{\P,1} &")
    assert list(_tex_published.notes(others)) == [
        r"\textsuperscript{\ddag}Chosen on the test set (the checkpoint or more), so the figures "
        "are too high.",
        r"\textsuperscript{\S}AUC pooled over a machine type: another number.",
        r"\textsuperscript{\P}Not checked against the source.",
        r"Sources: \textsuperscript{1}A paper; \textsuperscript{2}A page.",
        "Trained on development data: chosen, pooled.",
        "Training data of the others: not stated.",
    ]


def test_notes_name_only_what_is_there() -> None:
    assert list(_tex_published.notes([result("ours", "fan", auc=0.9)])) == [
        r"Sources: \textsuperscript{1}A paper.",
        "Trained on development data: ours.",
    ]
    [_, unknown] = _tex_published.notes([result("a", "fan", auc=0.9, training_data="not stated")])
    assert unknown == "Training data of these: not stated."
