"""The pages of the site as text: index, a page a test set, a page an entrant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from asdbench.config.names import flat
from asdbench.evaluation import figure_of
from asdbench.pages import environment, inlined
from asdbench.site import words
from asdbench.site.chart import Chart, chart
from asdbench.site.collected import Entrant
from asdbench.site.history import History, history
from asdbench.site.shown import Placed, Profile, Section

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("theme.css", "page.css", "tables.css", "charts.css", "print.css", "site.css")
BROAD, NARROW = (1100, 230), (358, 118)  # of a chart: CSS pixels, and of these for names


@dataclass(frozen=True)
class Drawn:
    """A history, drawn for a wide and for a narrow window, and what it says in words."""

    of: History
    broad: Chart
    narrow: Chart
    said: str


@dataclass(frozen=True)
class Pages:
    """The pages of these test sets and of who has taken part in them."""

    sections: Sequence[Section]
    profiles: Mapping[Entrant, Profile]

    def index(self) -> str:
        """The first page: who leads where, and every method."""
        bests = {entrant: _best(profile) for entrant, profile in self.profiles.items()}
        cautions = list(dict.fromkeys(s.caution for s in self.sections if s.caution))
        every = {id(line.submitted) for section in self.sections for line in section.lines}
        return self._rendered(
            "index.html", root="", inks={}, bests=bests, cautions=cautions, rows=len(every)
        )

    def data(self, section: Section, formats: Sequence[str]) -> str:
        """A test set's page: ranking, history, all rows."""
        drawn = [self._drawn(section, figure) for figure in section.figures]
        histories = [one for one in drawn if one]
        return self._rendered(
            "data.html",
            root="../../",
            section=section,
            inks=_inks(section),
            formats=formats,
            histories=histories,
            records=histories[0].of.best if histories else [],
            undated=[line for line in section.lines if line.date is None],
            siblings=[s for s in self.sections if s is not section and _together(s, section)],
        )

    def method(self, profile: Profile) -> str:
        """An entrant's page: what it is, its results on every test set, its versions."""
        histories = {
            section.of.slug: self._drawn(section, section.figures[0], profile.entrant)
            for section in profile.sections
            if len(section.entrants[profile.entrant]) > 1
        }
        fields = dict(flat(profile.latest.row.record["fields"]))
        return self._rendered(
            "method.html",
            root="../",
            profile=profile,
            inks={},
            histories=histories,
            fields={name: words.said(value) for name, value in fields.items()},
        )

    def _drawn(self, section: Section, figure: str, only: Entrant | None = None) -> Drawn | None:
        """The history of a figure, of all or of one entrant; None where no version has a date."""
        entrants = [only] if only else [*section.entrants]
        lines = [line for entrant in entrants for line in section.entrants[entrant]]
        of = history(figure, section.question, lines)
        names = [(_name(section, one), self.profiles[one].slug) for one in of.series]
        broad, narrow = (chart(of, names, *size) for size in (BROAD, NARROW))
        if broad is None or narrow is None:
            return None
        best = of.best[-1]
        said = (
            f"{words.short(figure)} by date; the best so far is {best.line.label} with "
            f"{words.percent(best.value)} %, {words.day(best.line.date)}."
        )
        return Drawn(of, broad, narrow, said)

    def _rendered(self, template: str, **told: Any) -> str:
        text: str = (
            _environment()
            .get_template(template)
            .render(sections=self.sections, profiles=self.profiles, **told)
        )
        return text


@cache
def _environment() -> Environment:
    made = environment(TEMPLATES)
    names = ("percent", "ends", "probability", "day", "counted")
    made.filters.update({name: getattr(words, name) for name in names})
    made.globals.update(
        {
            "figure_of": figure_of,
            "asks": words.ASKS,
            "ran": ran,
            "style": inlined(TEMPLATES, STYLES),
            **{
                name: getattr(words, name)
                for name in ("short", "long", "ranked_by", "verdict", "clips", "mark", "costs")
            },
        }
    )
    return made


def _best(profile: Profile) -> tuple[int, Section] | None:
    """The place where it is ahead of the largest share of others; of equal ones among the most."""
    places = [
        (line.place, section)
        for section in profile.sections
        for line in section.entrants[profile.entrant]
        if line.place
    ]

    def ahead(best: tuple[int, Section]) -> tuple[float, int]:
        rows = len(best[1].ranking)
        return (rows - best[0]) / max(rows - 1, 1), rows

    return max(places, key=ahead, default=None)


def _inks(section: Section) -> dict[Entrant, int]:
    """An entrant's colour: by its place."""
    return {entrant: place for place, entrant in enumerate(section.entrants)}


def _name(section: Section, entrant: Entrant) -> str:
    """What it is called on the board."""
    return section.entrants[entrant][-1].label


def _together(one: Section, other: Section) -> bool:
    """Whether two test sets are of one data set: of one name, or from one folder."""
    if one.of.name == other.of.name and one.of.known == other.of.known:
        return True
    folders = [{line.submitted.row.folder for line in s.lines} for s in (one, other)]
    return one.subset != other.subset and bool(folders[0] & folders[1])


def ran(section: Section, line: Placed) -> dict[str, str]:
    """Seeds, cost and facts of a version, in words."""
    row, record = line.row, line.submitted.row.record
    values = figure_of(row, section.figures[0])
    system = section.made.every.systems[line.label]
    recipe = {name: value for name, value in flat(record["recipe"]) if not name.startswith("test.")}
    seeds = {"counted": "in intervals and tests", "none": "change nothing", "unknown": "unknown"}
    told = {
        "repeats": f"{row.repeats} of {row.planned}",
        f"{words.short(section.figures[0])} of each": ", ".join(
            map(words.percent, values.values if values else ())
        ),
        "seeds": seeds[row.seeds],
        **(words.costs(row.cost) if row.cost else {"cost": "not known"}),
        **{name: words.said(value) for name, value in recipe.items() if name != "repeats"},
    }
    facts = {name: "; ".join(map(words.said, every)) for name, every in system.facts.items()}
    return {**told, **facts}
