"""Which rows a run has: names in, methods with every field resolved out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from plugin_files import LOUDNESS, Install, written

from asdbench.config.experiment import Experiment
from asdbench.config.plugins import BrokenPluginError
from asdbench.config.selection import Choice, choose


def chosen(*methods: str) -> Choice:
    return choose(Experiment(), methods)


TWO_KNNS = Experiment(
    methods={"knn": {"k": 2}},
    variants={"wide": {"method": "knn", "k": 8}, "same": {"method": "knn"}},
)


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (["knn"], {"knn": 2}),
        (["wide"], {"wide": 8}),
        (["wide", "knn"], {"knn": 2, "wide": 8}),
        (["same", "same"], {"same": 2}),
    ],
)
def test_a_variant_is_a_row_beside_its_methods_and_says_what_differs(
    asked: list[str], rows: dict[str, int]
) -> None:
    found = choose(TWO_KNNS, asked)
    assert {row.label: row.fields["k"] for row in found.rows} == rows
    assert {row.method for row in found.rows} == {"knn"}
    assert {row.scope for row in found.rows} == {"machine"}
    assert set(found.plugins) == {"knn"}


def test_all_is_every_method_with_a_table_and_every_variant() -> None:
    labels = [row.label for row in choose(TWO_KNNS, ["all"]).rows]
    assert sorted(labels) == ["knn", "same", "wide"]
    beside = [row.label for row in choose(TWO_KNNS, ["all", "autoencoder"]).rows]
    assert sorted(beside) == ["autoencoder", "knn", "same", "wide"]


def test_without_tables_all_is_every_method_that_needs_nothing(installed: Install) -> None:
    installed("loud", LOUDNESS)
    needy = LOUDNESS.replace("scope:", 'needs: ClassVar[str] = "a checkpoint"; scope:')
    installed("needy", needy)
    only = Experiment(variants={"wide": {"method": "knn", "k": 8}})
    labels = [row.label for row in choose(only, ["all"]).rows]
    assert set(labels) >= {"autoencoder", "id_contrastive", "knn", "loud", "wide"}
    assert len(set(labels)) == len(labels)
    assert "needy" not in labels
    assert "needy" in [row.label for row in choose(only, ["all", "needy"]).rows]


@pytest.mark.parametrize(
    ("remarks", "wanted"), [('("pretrained on owls",)', ("pretrained on owls",)), ("()", ())]
)
def test_what_readers_must_know_is_in_the_row(
    installed: Install, remarks: str, wanted: tuple[str, ...]
) -> None:
    line = f"remarks: ClassVar[tuple[str, ...]] = {remarks}; scope:"
    installed("owls", LOUDNESS.replace("scope:", line))
    for _ in range(2):  # asked, then remembered
        [row] = chosen("owls").rows
        assert row.remarks == wanted


@pytest.mark.parametrize("remarks", ['"one text"', "(1, 2)", '("",)'])
def test_remarks_that_are_no_texts_are_the_methods_fault(installed: Install, remarks: str) -> None:
    line = f"remarks: ClassVar[object] = {remarks}; scope:"
    installed("odd", LOUDNESS.replace("scope:", line))
    with pytest.raises(BrokenPluginError, match="make it a tuple of short texts"):
        chosen("odd")


def test_every_field_is_resolved_and_nested_ones_too() -> None:
    [row] = choose(
        Experiment(methods={"id_classifier": {"classifier": {"epochs": 3}}}), ["id_classifier"]
    ).rows
    assert row.fields["classifier"]["epochs"] == 3
    assert row.fields["classifier"]["margin"] == 0.7
    assert set(row.fields) == {"encoder", "classifier", "scoring", "weights"}


@pytest.mark.parametrize(
    ("experiment", "asked", "says"),
    [
        (Experiment(), ["kn"], r"no method 'kn'; did you mean knn\?"),
        (Experiment(methods={"kn": {}}), ["knn"], r"no method 'kn'; did you mean knn\?"),
        (Experiment(variants={"a": {"method": "kn"}}), ["knn"], r"no method 'kn'; did you mean"),
        (Experiment(variants={"knn": {"method": "knn"}}), ["knn"], "has the name of a method"),
        (Experiment(), [], "no method is asked for; use --methods all, or names"),
        (Experiment(methods={"knn": {"kk": 2}}), ["knn"], r"knn: no field 'kk'; did you mean k"),
        (
            Experiment(variants={"a": {"method": "knn", "k": "2"}}),
            ["a"],
            r"a\.k = '2': .*integer",
        ),
        (
            Experiment(methods={"simclr": {"pretraining": {"batch": {"sze": 3}}}}),
            ["simclr"],
            r"simclr\.pretraining\.batch: no field 'sze'; did you mean size\?",
        ),
    ],
)
def test_what_cannot_be_chosen_is_named(
    experiment: Experiment, asked: list[str], says: str
) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        choose(experiment, asked)
    assert "\n" not in str(caught.value)


def test_a_file_is_a_method_by_its_name_and_two_of_one_name_are_too_many(tmp_path: Path) -> None:
    mine = str(written(tmp_path / "mine.py", LOUDNESS))
    other = str(written(tmp_path / "other" / "mine.py", LOUDNESS))
    experiment = Experiment(
        methods={"mine": {"sign": 2.0}}, variants={"low": {"method": "mine", "sign": -1.0}}
    )
    rows = choose(experiment, [mine, "low"]).rows
    assert [(row.label, row.fields["sign"]) for row in rows] == [("mine", 2.0), ("low", -1.0)]
    with pytest.raises(ValueError, match="two methods are named 'mine'; rename one of the files"):
        choose(experiment, [mine, other])


def test_two_methods_of_one_module_keep_their_own_fields(installed: Install) -> None:
    two = LOUDNESS + LOUDNESS.replace("Loudness", "Second").replace("1.0", "-1.0")
    installed("pair", two, entry="first = {module}:Loudness\nsecond = {module}:Second")
    rows = chosen("first", "second").rows
    assert [row.fields["sign"] for row in rows] == [1.0, -1.0]


def test_all_passes_over_a_broken_plugin_and_its_name_does_not(installed: Install) -> None:
    installed("broken", "raise RuntimeError('no such device')")
    made = chosen("all")
    assert "broken" not in [row.label for row in made.rows]
    assert {"knn", "autoencoder"} <= {row.label for row in made.rows}
    [said] = made.broken
    assert "'broken'" in said
    assert "no such device" in said
    for asked in (["broken"], ["all", "broken"], ["knn", "broken"]):
        with pytest.raises(BrokenPluginError, match="no such device"):
            chosen(*asked)
    assert chosen("knn").broken == ()


@pytest.mark.parametrize("scope", ["", 'scope: ClassVar[str] = "clip"'])
def test_a_method_without_a_right_scope_is_told_so(installed: Install, scope: str) -> None:
    installed("odd", LOUDNESS.replace('scope: ClassVar[Scope] = "machine"', scope))
    with pytest.raises(ValueError, match=r"odd.* scope.*'machine' or 'dataset'"):
        chosen("odd")


def test_a_method_is_not_imported_again_to_plan_what_was_planned_before(tmp_path: Path) -> None:
    file = written(tmp_path / "slow.py", LOUDNESS)
    file.write_text(file.read_text() + "\nimport colorsys\n")
    code = (
        "import sys\nfrom asdbench.config.selection import choose\n"
        "from asdbench.config.experiment import Experiment\n"
        "choice = choose(Experiment(), [sys.argv[1]])\n"
        "print(choice.rows, 'colorsys' in sys.modules)\n"
    )

    def planned() -> list[str]:
        command = [sys.executable, "-c", code, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.rsplit(maxsplit=1)

    rows, imported = planned()
    assert imported == "True"
    assert planned() == [rows, "False"]
    file.write_text(file.read_text() + "# other code\n")
    assert planned() == [rows, "True"]


WITH_FILES = """
    from dataclasses import dataclass
    from pathlib import Path
    from typing import ClassVar

    @dataclass(frozen=True)
    class Content:
        path: str
        text: str = ""

        def __post_init__(self) -> None:
            object.__setattr__(self, "text", Path(self.path).read_text())

    @dataclass
    class Reading:
        \"""Reads files.\"""

        scope: ClassVar[str] = "machine"
        one: Content | None = None
        many: tuple[Content, ...] = ()

        def fit(self, train, context): ...
        def score(self, test): ...
"""


@pytest.mark.parametrize("place", ["one", "many"])
def test_fields_that_depend_on_a_files_content_are_found_out_anew(
    tmp_path: Path, place: str
) -> None:
    method = str(written(tmp_path / "reading.py", WITH_FILES))
    content = tmp_path / "content"

    def text() -> str:
        given = {"path": str(content)}
        experiment = Experiment(methods={"reading": {place: given if place == "one" else [given]}})
        [row] = choose(experiment, [method]).rows
        found = row.fields[place]
        return (found if place == "one" else found[0])["text"]

    content.write_text("first")
    assert [text(), text()] == ["first", "first"]
    content.write_text("second one")
    assert text() == "second one"


@pytest.mark.parametrize("left", ["", '{"scope": "mach', "[1]", '{"scope": "machine"}'])
def test_what_is_remembered_is_found_out_anew_where_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, left: str
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path))
    before = chosen("knn").rows
    [path] = tmp_path.glob("chosen-rows/*.json")
    path.write_text(left)
    assert chosen("knn").rows == before
    assert f"{path} is damaged" in caplog.text
    assert path.read_text().startswith("{")
    assert path.read_text().endswith("}")
