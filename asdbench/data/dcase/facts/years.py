"""DCASE Task 2 by year: which machine types and sections, how many clips, how it is scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SUBSETS = ("development", "evaluation")
_ONE_SECTION = MappingProxyType({"development": ("00",), "evaluation": ("00",)})
_THREE_AND_THREE = MappingProxyType(
    {"development": ("00", "01", "02"), "evaluation": ("03", "04", "05")}
)
_SEVEN = ("ToyCar", "ToyTrain", "bearing", "fan", "gearbox", "slider", "valve")


@dataclass(frozen=True)
class Year:
    """What is published of one year's task.

    ``types`` are machine types by subset; ``ids`` the machine IDs (since 2021: sections) that each
    type has, by subset. ``protocol`` names the official score. ``train`` is how many training
    clips of each domain a section has, ``test`` how many test clips of each domain and label a
    development section has; None where that differs. ``supplemental`` is how many such clips a
    type has.
    """

    number: int
    types: Mapping[str, tuple[str, ...]]
    ids: Mapping[str, tuple[str, ...]]
    protocol: str
    train: Mapping[str, int] = field(default_factory=dict)
    test: int | None = None
    supplemental: int = 0
    channels: int = 1

    @property
    def name(self) -> str:
        """As it is written: "DCASE 2023 Task 2"."""
        return f"DCASE {self.number} Task 2"

    @property
    def dataset(self) -> str:
        """The dataset plugin's name: "dcase2023"."""
        return f"dcase{self.number}"

    @property
    def first_shot(self) -> bool:
        """Whether evaluation is on machine types that development has none of."""
        return not set(self.types["development"]) & set(self.types["evaluation"])


def _year(
    number: int,
    development: tuple[str, ...],
    evaluation: tuple[str, ...],
    *,
    ids: Mapping[str, tuple[str, ...]] = _ONE_SECTION,
    protocol: str = "2022",
    train: tuple[int, int] | None = (990, 10),
    test: int | None = 50,
    supplemental: int = 0,
    channels: int = 1,
) -> Year:
    return Year(
        number,
        MappingProxyType({"development": development, "evaluation": evaluation}),
        ids,
        protocol,
        MappingProxyType(dict(zip(("source", "target"), train, strict=True)) if train else {}),
        test,
        supplemental,
        channels,
    )


_2020 = ("ToyCar", "ToyConveyor", "fan", "pump", "slider", "valve")
_2021 = ("ToyCar", "ToyTrain", "fan", "gearbox", "pump", "slider", "valve")
YEARS: Mapping[int, Year] = MappingProxyType(
    {
        year.number: year
        for year in (
            _year(2020, _2020, _2020, ids={}, protocol="2020", train=None, test=None),
            _year(
                2021,
                _2021,
                _2021,
                ids=_THREE_AND_THREE,
                protocol="2021",
                train=None,
                test=None,
            ),
            _year(2022, _SEVEN, _SEVEN, ids=_THREE_AND_THREE),
            _year(
                2023,
                _SEVEN,
                ("ToyDrone", "ToyNscale", "ToyTank", "Vacuum", "bandsaw", "grinder", "shaker"),
            ),
            _year(
                2024,
                _SEVEN,
                (
                    "3DPrinter",
                    "AirCompressor",
                    "BrushlessMotor",
                    "HairDryer",
                    "HoveringDrone",
                    "RoboticArm",
                    "Scanner",
                    "ToothBrush",
                    "ToyCircuit",
                ),
            ),
            _year(
                2025,
                _SEVEN,
                (
                    "AutoTrash",
                    "BandSealer",
                    "CoffeeGrinder",
                    "HomeCamera",
                    "Polisher",
                    "ScrewFeeder",
                    "ToyPet",
                    "ToyRCCar",
                ),
                supplemental=100,
            ),
            _year(
                2026,
                ("ToyCar", "ToyCarEmu", "bearingEmu", "fan", "gearboxEmu", "sliderEmu", "valveEmu"),
                ("BlowerDustCollector", "Sander", "SewingMachine", "ToothBrush", "ToyDrone"),
                supplemental=100,
                channels=2,
            ),
        )
    }
)
