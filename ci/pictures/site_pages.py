"""The site of a field: the demo's rows, and versions of two of them that were run for this.

Their dates are made up, so that there is a history to be seen.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import IMAGES, SCHEMES, browser, prefer

import asdbench

WIDE, PHONE = (1240, 1500), (390, 1500)
OLDER = {
    "2025-03-10T12:00:00Z": ("knn.k=16", "autoencoder.epochs=3"),
    "2025-08-22T12:00:00Z": ("knn.k=4", "autoencoder.epochs=8"),
}
NOW = "2026-02-14T12:00:00Z"


def pictures(runs: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = _site(runs / "demo", Path(folder))
        data = next(site.glob("data/*/index.html"))
        for size, name, scheme, page in (
            *((WIDE, f"site-{scheme}", scheme, data) for scheme in SCHEMES),
            (WIDE, "site-method", "light", site / "methods" / "knn.html"),
            (WIDE, "site-index", "light", site / "index.html"),
            (PHONE, "site-phone", "dark", data),
        ):
            _shot(page, IMAGES / f"{name}.png", size, scheme)


def _site(demo: Path, folder: Path) -> Path:
    others = shutil.ignore_patterns("ml*", "stages", "weights.safetensors", "leaderboard.*")
    field = [_dated(Path(shutil.copytree(demo, folder / "demo", ignore=others)), NOW)]
    for moment, settings in OLDER.items():
        out = folder / moment[:10]
        words = ["run", "demo", "--methods", "knn,autoencoder", "--repeats", "3", "--out", out]
        words += [word for setting in settings for word in ("--set", setting)]
        subprocess.run([sys.executable, "-m", "asdbench", *map(str, words)], check=True)
        field.append(_dated(out, moment))
    return asdbench.write_site(field, to=folder / "site").folder


def _dated(out: Path, moment: str) -> Path:
    for path in out.glob("cells/*/cell.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        record["facts"]["finished"] = moment
        path.write_text(json.dumps(record), encoding="utf-8")
    return out


def _shot(page: Path, picture: Path, size: tuple[int, int], scheme: str) -> None:
    with browser(*size) as driver:
        prefer(driver, scheme)
        shape = {"width": size[0], "height": size[1], "deviceScaleFactor": 1}
        mobile = {"mobile": size[0] < WIDE[0]}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape | mobile)
        driver.get(page.resolve().as_uri())
        driver.save_screenshot(str(picture))
