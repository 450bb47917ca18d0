"""Names that are markup, scripts or formulas, from a folder to every page and file made of it."""

from __future__ import annotations

import contextlib
import csv
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from board_page import Page
from browsers import opened, watched
from inline import inline
from recorded import sound

import asdbench
from asdbench.detector.detector import Detector
from asdbench.detector.explain import explain_file
from asdbench.detector.report import write_report
from asdbench.detector.scoring import ScoringRequest, scores_of

HIT = "onerror=document.title='hit'"
MACHINE = f"=<img src=x {HIT}>"
CLIP = "+'\"><svg onload=document.title='hit'>{{7*7}}${1}$x$ %s"
TAG = "</script><script>document.title='hit'</script>"
METHOD = f"@<img src=x {HIT}>"
CODE = f'''\
from dataclasses import dataclass
from typing import ClassVar


@dataclass
class Mine:
    """{TAG} <!-- `x` $y$"""

    scope: ClassVar[str] = "machine"
    note: str = "{TAG}"

    def fit(self, train, context):
        context.log("<i>train", 1, 1.0, **{{"<b>loss": 0.5}})
        self.mean_ = train.logmel().mean(dim=(0, 2))

    def score(self, test):
        return (test.logmel().mean(dim=2) - self.mean_).abs().mean(dim=1).numpy()
'''


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``o``, results with their page of clips; ``site``, ``found.csv``, ``report.html``."""
    folder = tmp_path_factory.mktemp("hostile")
    data = folder / f"-<img src=x {HIT}>"
    lines = [["file", "machine", "id", "split", "label", TAG]]
    for machine in (MACHINE, "fan"):
        for split, ill, count in (("train", False, 4), ("test", False, 2), ("test", True, 2)):
            for _ in range(count):
                name = f"{CLIP}{len(lines)}.wav"
                data.mkdir(exist_ok=True)
                soundfile.write(data / name, sound(machine, "00", ill, len(lines)), 16000)
                label = "anomaly" if ill else "normal"
                lines.append([name, machine, "00", split, label, f"=1+1{TAG}{ill}"])
    with (data / "clips.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    (folder / f"{METHOD}.py").write_text(CODE)
    with contextlib.chdir(folder), inline():
        asdbench.run(methods=["knn", f"./{METHOD}.py"], data=data, repeats=2, out="o")
        asdbench.make_clips("o", each=2)
        detector = asdbench.make_detector("knn", "o", to="detector")
        asdbench.write_site(["o"], to="site")
        _used(folder, detector, next(data.glob("*.wav")))
    return folder


def _used(folder: Path, detector: Detector, file: Path) -> None:
    found = list(scores_of(detector, [file], ScoringRequest(MACHINE, "00")))
    write_report(detector, found, folder / "report.html", said=[TAG])
    explain_file(detector, file, machine=MACHINE, id="00").save(folder / "picture.svg")


@pytest.fixture(scope="module")
def window(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with opened(made, tmp_path_factory.mktemp("profile")) as page:
        yield page


def test_no_page_obeys_a_name(made: Path, window: Page) -> None:
    pages = [path for path in made.rglob("*.html") if path.stat().st_size]
    assert {"leaderboard.html", "index.html", "report.html"} <= {path.name for path in pages}
    assert len(pages) >= 6
    for path in [*pages, made / "picture.svg"]:
        with watched(window) as page:
            page.browser.get(path.as_uri())
            page.run("for (const one of document.querySelectorAll('details')) one.open = true")
            page.run("dispatchEvent(new Event('beforeprint'))")
            assert page.run("return document.title") != "hit", path
            assert page.all("[onerror], [onload]") == [], path


def test_pictures_are_xml_and_tables_have_no_formulas(made: Path) -> None:
    ET.parse(made / "picture.svg")
    with (made / "o" / "leaderboard.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert {line[0] for line in lines} == {"label", "knn", f"'{METHOD}"}
    assert {line[3] for line in lines} == {"machine", "all", "fan", f"'{MACHINE}"}
    for line in lines:
        for cell in line:
            assert not cell.startswith(("=", "+", "@", "\t", "-")), cell
