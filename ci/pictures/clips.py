"""The page of clips of the demo: a clip, and the list that it is chosen from."""

from __future__ import annotations

from pathlib import Path

from browser import IMAGES, SCHEMES, browser, prefer

import asdbench

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


def pictures(runs: Path) -> None:
    page = asdbench.make_clips(runs / "demo").page.resolve().as_uri()
    with browser(1240, 1150) as driver:
        for scheme in SCHEMES:
            prefer(driver, scheme)
            driver.get("about:blank")
            driver.get(f"{page}#row=id_classifier&kind=low")
            driver.save_screenshot(str(IMAGES / f"clips-{scheme}.png"))
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        prefer(driver, "light")
        driver.get("about:blank")
        driver.get(f"{page}#row=id_classifier&kind=high")
        driver.save_screenshot(str(IMAGES / "clips-phone.png"))
