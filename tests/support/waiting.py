"""A method whose cells wait until they may go on: there is time to stop or lose them."""

from __future__ import annotations

from pathlib import Path

from plugin_files import written

WAITS = '''
    import time
    from dataclasses import dataclass
    from pathlib import Path
    from typing import ClassVar

    from asdbench import Clips, Context, Scope


    @dataclass
    class Waits:
        """Says that it has begun, and goes on when a file is there; in one repeat, or in all."""

        scope: ClassVar[Scope] = "dataset"
        until: str = ""
        seed: int = 0

        def fit(self, train: Clips, context: Context) -> None:
            begun, began = context.scratch / "begun", time.monotonic()
            context.log("fit", 1, 0.5, resumed=float(begun.exists()))
            begun.touch()
            if self.seed in (0, context.seed):
                while not Path(self.until).exists() and time.monotonic() < began + 120:
                    time.sleep(0.02)
            self.seed_ = context.seed % 1000

        def score(self, test: Clips):
            return test.waves().double().square().mean(dim=1).numpy() * self.seed_
'''


def waits_in(folder: Path) -> Path:
    """The method's file."""
    return written(folder / "waits.py", WAITS)
