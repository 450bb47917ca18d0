"""A row of a bank that isn't what was written is seen; of a large bank some are looked at."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.data import sums
from asdbench.data.sums import changed, sum_of


def test_each_row_that_changed_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).integers(-9, 9, (6, 50)).astype(np.int16)
    of_rows = [sum_of(row) for row in rows]
    assert changed(rows, of_rows) == 0
    rows[1, 7] ^= 1
    rows[4] = rows[5]
    assert changed(rows, of_rows) == 2
    monkeypatch.setattr(sums, "LOOKED_THROUGH", 2 * 2 * 50)
    found = [changed(rows, of_rows) for _ in range(60)]
    assert set(found) <= {0, 1, 2}
    assert any(found)
