"""Lines of score files and of decision files."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.results.score_lines import read_decisions, read_scores, some

PATH, CLIPS = Path("file.csv"), ["a.wav", "b.wav"]


def test_scores_keep_their_last_digit_and_decisions_are_zero_or_one() -> None:
    assert read_scores(PATH, b"a.wav,0.30000000000000004\n\nb.wav,-1e-300\n", CLIPS) == {
        "a.wav": 0.30000000000000004,
        "b.wav": -1e-300,
    }
    assert read_decisions(PATH, b"b.wav,1\na.wav,0\n", CLIPS) == {"b.wav": True, "a.wav": False}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a.wav,2\n", "file.csv line 1: the decision '2' is neither 0 nor 1"),
        (b"a.wav,1\nb.wav,yes\n", "line 2: the decision 'yes'"),
        (b"file,decision\na.wav,1\n", "no header, so take a header out"),
        (b"a.wav,1\na.wav,0\n", "line 2: a.wav has a decision in line 1 already"),
        (b"c.wav,1\n", "1 file names that aren't among its test clips: c.wav"),
        (b"", "is empty; each line is: file name,decision"),
    ],
)
def test_what_is_no_decision_is_said_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=r"file\.csv") as error:
        read_decisions(PATH, content, CLIPS)
    assert said in str(error.value)


def test_of_many_names_a_few_are_shown() -> None:
    assert some(["a", "b"]) == "a, b"
    assert some(list("abcde")) == "a, b, c and 2 more"
