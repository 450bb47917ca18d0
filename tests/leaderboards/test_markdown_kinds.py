"""Results by kind of clip in Markdown: figures, intervals, and which rows hear a kind best."""

from __future__ import annotations

from asdbench_leaderboards._markdown_kinds import by_kind
from hand_made import row, spread

from asdbench.evaluation import Behind, Difference, Interval, Slice


def test_intervals_answer_the_question_and_the_best_are_bold() -> None:
    told = Difference(0.1, 0.3, 0.001, 0.001)
    rows = {
        "knn": spread(0.875, here=Interval(0.8, 0.931), clips=Interval(0.85, 0.9)),
        "wide": spread(0.6, here=Interval(0.5, 0.7)),
    }
    behind = {"wide": Behind(0.275, told, told, None)}
    one = Slice("development", "fault", "leak", ["fan"], 9, 3, rows, "knn", behind)
    named = {label: row(label) for label in rows}

    def cells(question: str) -> list[str]:
        lines = "\n".join(by_kind(named, {"fault": [one]}, question)).splitlines()
        return [
            line.split("|")[2].strip() for line in lines if line.startswith(("| knn", "| wide"))
        ]

    assert cells("here") == ["**87.5** (80 to 93)", "60.0 (50 to 70)"]
    assert cells("clips") == ["**87.5** (85 to 90)", "60.0"]
    assert cells("elsewhere") == ["**87.5**", "**60.0**"]  # where none can be told from it
