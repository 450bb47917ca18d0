"""The dataset plugins for DCASE Task 2, one a year.

Each reads what ``folder`` reads, and says so where a folder is plainly of another year. Which year
it is may need telling: the development sets of 2023, 2024 and 2025 have the same names. Fields
are those of ``folder``.
"""

from __future__ import annotations

from dataclasses import dataclass

from asdbench.data.clips import Recording
from asdbench.data.dcase.facts import SUBSETS
from asdbench.data.folders.recordings import protocol_of, recordings_of


@dataclass(frozen=True)
class Dcase2020:
    """The official data of DCASE 2020 Task 2, or any folder in their layout."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2020)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2020)


@dataclass(frozen=True)
class Dcase2021:
    """DCASE 2021 Task 2: three sections a type, and a test folder for each domain."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2021)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2021)


@dataclass(frozen=True)
class Dcase2022:
    """DCASE 2022 Task 2: domain generalisation, with attributes."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2022)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2022)


@dataclass(frozen=True)
class Dcase2023:
    """DCASE 2023 Task 2: evaluation is on machine types that development has none of."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2023)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2023)


@dataclass(frozen=True)
class Dcase2024:
    """DCASE 2024 Task 2: as 2023, with attributes withheld for some machine types."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2024)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2024)


@dataclass(frozen=True)
class Dcase2025:
    """DCASE 2025 Task 2: as 2024, with clips of the machine or of noise alone."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2025)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2025)


@dataclass(frozen=True)
class Dcase2026:
    """DCASE 2026 Task 2: as 2025, with a near and a far microphone."""

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS
    channels: str = "auto"

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        return recordings_of(self, 2026)

    @property
    def protocol(self) -> str:
        """The official score's year, or "2020" where no clip has a domain."""
        return protocol_of(self, 2026)
