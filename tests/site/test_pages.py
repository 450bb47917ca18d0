"""Pages as text: what strangers wrote is text there, and every part is where it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from field import written_scores

import asdbench
from asdbench.site.boards import boards
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.site.pages import Pages
from asdbench.site.shown import Section, profiles

Copied = Callable[..., Path]


def pages(folders: list[Path]) -> Pages:
    sections = [Section(of, boards(of)) for of in clip_sets(collected(folders).rows)]
    return Pages(sections, profiles(sections))


def text_of(page: str) -> str:
    bare = re.sub(r"<(style|title)>.*?</\1>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", bare).split())


def test_the_caution_stands_on_every_page(field: list[Path]) -> None:
    made = pages(field)
    every = [made.index(), made.data(made.sections[0], ["html"])]
    every += [made.method(profile) for one, profile in made.profiles.items() if not one.imported]
    assert all("Synthetic machines: no evidence about real ones." in page for page in every)


def test_html_of_strangers_is_text(copied: Copied) -> None:
    lab = copied("lab")
    evil = "<script>alert(1)</script>"
    path = lab / "rows" / "knn.json"
    record = json.loads(path.read_text())
    label = "<img src=x onerror=alert(1)>"
    record |= {"label": label, "summary": evil, "remarks": [evil], "experiment": evil}
    record |= {"fields": {evil: evil}, "sources": {"bibtex": evil, "code": "javascript:alert(1)"}}
    (lab / "rows" / f"{label}.json").write_text(json.dumps(record))
    path.unlink()
    quoted = json.dumps(evil)
    (lab / "submission.toml").write_text(
        f"title = {quoted}\nauthors = [{quoted}]\nteam = {quoted}\ndescription = {quoted}\n"
    )
    (lab / "source" / "knn.py").write_text(evil)
    made = pages([lab])
    [profile] = made.profiles.values()
    for page in (made.index(), made.data(made.sections[0], ["html"]), made.method(profile)):
        assert evil not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert 'href="javascript' not in page


def test_a_methods_page_tells_all_of_it(field: list[Path]) -> None:
    made = pages(field)
    entrant = next(one for one in made.profiles if one.team)
    told = text_of(made.method(made.profiles[entrant]))
    for text in (
        *(
            "Analytical Engines",
            "By Ada Lovelace, Grace Hopper.",
            "Three neighbours.",
            "paper · code",
        ),
        *(
            "Place ",
            " of 4, group ",
            "fan 00",
            "3 of 3",
            "training of a repeat",
            "asdbench 0.1.0, numpy",
        ),
        *("seed 0", "2026-05-01", "k 3", "knn.py, as it was submitted", "class KNN"),
    ):
        assert text in told, text


def test_without_the_pages_format_there_is_no_link_to_it(field: list[Path]) -> None:
    made = pages(field)
    assert "board.html" not in made.data(made.sections[0], ["csv"])
    assert 'href="board.csv"' in made.data(made.sections[0], ["csv"])


def test_rows_without_a_date_have_no_history(copied: Copied) -> None:
    spring = copied("spring")
    for path in spring.glob("cells/*/cell.json"):
        cell = json.loads(path.read_text())
        del cell["facts"]["finished"]
        path.write_text(json.dumps(cell))
    made = pages([spring])
    told = text_of(made.data(made.sections[0], []))
    assert "No row tells its date." in told
    assert "Without a date: autoencoder, knn." in told


def test_two_subsets_of_a_folder_know_of_each_other(copied: Copied, tmp_path: Path) -> None:
    spring = copied("spring")
    marks = json.loads((spring / "test-sets.json").read_text())
    for path in spring.glob("cells/*/scores.csv"):
        head, *lines = path.read_text().splitlines()
        lines += [line.replace("development", "evaluation") for line in lines]
        written_scores(path, "\n".join([head, *lines, ""]))
    marks["evaluation"] = marks["development"]  # the hash has no subset in it
    (spring / "test-sets.json").write_text(json.dumps(marks))
    site = asdbench.write_site([spring], to=tmp_path / "site")
    assert (site.test_sets, site.rows, site.faults) == (2, 2, [])
    for name, other in (("development", "evaluation"), ("evaluation", "development")):
        page = next(site.folder.glob(f"data/{name}-*/index.html")).read_text()
        assert re.search(rf'href="\.\./{other}-\w+/index.html"', page)


def test_the_best_place_is_the_one_ahead_of_most_others(field: list[Path], copied: Copied) -> None:
    """Third of four rows is better than last of two."""
    others = [copied("spring"), copied("lab")]
    (others[0] / "rows" / "autoencoder.json").unlink()
    for path in (one for folder in others for one in folder.glob("test-sets.json")):
        path.write_text(path.read_text().replace("development", "evaluation"))
    for path in (one for folder in others for one in folder.glob("cells/*/scores.csv")):
        written_scores(path, path.read_text().replace("development", "evaluation"))
    told = text_of(pages([*field, *others]).index())
    assert re.search("Analytical Engines 3 of 4 small, development 2 ", told)
