"""The site of the documents: a page on a desktop and on a phone."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from browser import IMAGES, SCHEMES, browser, prefer

ROOT = Path(__file__).parents[2]
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}


def pictures(_: Path) -> None:
    subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=ROOT, check=True)
    with browser(1240, 900) as driver:
        for name, page in (("desktop", "first-method"), ("phone", "glossary")):
            for scheme in SCHEMES:
                prefer(driver, scheme)
                driver.get((ROOT / "built-docs" / f"{page}.html").as_uri())
                time.sleep(1)  # the page takes its colours from the system
                driver.save_screenshot(str(IMAGES / f"documents-{name}-{scheme}.png"))
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
