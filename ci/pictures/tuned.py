"""The page of a tuning: its top, and its slices. It needs a study of twfr_gmm on the demo's clips:

asdbench tune twfr_gmm demo --trials 20 --out RUNS/demo
"""

from __future__ import annotations

from pathlib import Path

from browser import IMAGES, SCHEMES, browser, prefer
from selenium.webdriver.common.by import By


def pictures(runs: Path) -> None:
    page = (runs / "demo" / "tuned" / "twfr_gmm.html").resolve()
    with browser(1240, 1000) as driver:
        for scheme in SCHEMES:
            prefer(driver, scheme)
            driver.get(page.as_uri())
            driver.save_screenshot(str(IMAGES / f"tuned-{scheme}.png"))
            slices = driver.find_element(By.ID, "slices")
            slices.screenshot(str(IMAGES / f"tuned-slices-{scheme}.png"))
