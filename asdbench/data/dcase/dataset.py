"""The dataset plugins for DCASE Task 2, one a year.

Each reads what ``folder`` reads, and says so where a folder is plainly of another year. Which year
it is may need telling: the development sets of 2023, 2024 and 2025 have the same names. Fields
are those of ``folder``.
"""

from __future__ import annotations

from typing import ClassVar

from asdbench.data.clips import Recording
from asdbench.data.folders.dataset import Folder
from asdbench.data.folders.recordings import protocol_of, recordings_of


class _OfYear(Folder):
    """A folder with the data of one year."""

    year: ClassVar[int]

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, self.year)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, self.year)


class Dcase2020(_OfYear):
    """The official data of DCASE 2020 Task 2, or any folder in their layout."""

    year = 2020


class Dcase2021(_OfYear):
    """DCASE 2021 Task 2: three sections a type, and a test folder for each domain."""

    year = 2021


class Dcase2022(_OfYear):
    """DCASE 2022 Task 2: domain generalisation, with attributes."""

    year = 2022


class Dcase2023(_OfYear):
    """DCASE 2023 Task 2: evaluation is on machine types that development has none of."""

    year = 2023


class Dcase2024(_OfYear):
    """DCASE 2024 Task 2: as 2023, with attributes withheld for some machine types."""

    year = 2024


class Dcase2025(_OfYear):
    """DCASE 2025 Task 2: as 2024, with clips of the machine or of noise alone."""

    year = 2025


class Dcase2026(_OfYear):
    """DCASE 2026 Task 2: as 2025, with a near and a far microphone."""

    year = 2026
