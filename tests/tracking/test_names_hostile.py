"""Names that MLflow doesn't take, or takes for syntax, are in it all the same."""

from __future__ import annotations

import glob
import string
from pathlib import Path

from hostile import MACHINES, hostile_tree
from hypothesis import example, given
from hypothesis import strategies as st
from mirrors import in_a_thread, ran, runs_of
from mlflow.utils.validation import _validate_metric_name, path_not_unique

from asdbench.tracking.names import LONGEST, by_parts, part


@given(st.text())
@example("..")
@example("")
@example("a" * 300)
@example("a\n")
@example("\udcff")
def test_mlflow_takes_a_part_of_any_name(name: str) -> None:
    _validate_metric_name(f"machines/{part(name)}/auc")
    assert not path_not_unique(f"scores/{part(name)}")
    assert len(part(name)) <= LONGEST
    assert "/" not in part(name)


@given(st.lists(st.text(" ()#_./" + string.ascii_lowercase[:2], max_size=4), unique=True))
def test_no_two_names_become_one(names: list[str]) -> None:
    found = [part(name) for name in names]
    assert len(set(found)) == len(names)
    again = [part(name) for name in {*found, *names}]  # nor with one that looks as if it were
    assert len(set(again)) == len({*found, *names})


def test_plain_names_are_as_they_are() -> None:
    for name in ("fan", "ToyCar", "pump 2.0", "id_00", "Pümpe", "a-b_c.d"):
        assert part(name) == name
    assert by_parts("figure/fan/a (b)") == f"figure/fan/{part('a (b)')}"


def test_machines_of_any_name_are_in_mlflow(tmp_path: Path) -> None:
    data = hostile_tree(tmp_path / "d a't#a")
    with in_a_thread():
        store = ran(tmp_path, data=data, out="r?u#n $\\frac$ 'o'", repeats=1, mirrored=True)
    assert store.read_json("mirrored.json")
    parents, children, client = runs_of(store, f"demo-{data.name}")
    assert set(parents) == {"curved", "knn"}
    for machine in MACHINES:
        name = f"machines/development/{part(machine)}/mean_auc_pauc"
        assert all(name in run.data.metrics for run in [*parents.values(), *children])
    [curved] = [run for run in children if run.data.tags["asdbench.method"] == "curved"]
    for machine in MACHINES:
        assert client.get_metric_history(curved.info.run_id, f"train/{part(machine)}/loss")
        [file] = client.list_artifacts(curved.info.run_id, f"scores/{part(machine)}")
        text = Path(client.download_artifacts(curved.info.run_id, file.path)).read_bytes()
        [cell] = store.folder.glob(f"cells/curved-{glob.escape(machine)}-r0-*")
        assert text == (cell / "scores.csv").read_bytes()
