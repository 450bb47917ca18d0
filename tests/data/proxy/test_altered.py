"""The test clips of a proxy task: the same samples always and everywhere, none cut off."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from proxies import proxy, source, split, train
from waves import RATE, noise

from asdbench.data.clips import Clip, Recording
from asdbench.data.decode import Generated
from asdbench.data.proxy.altered import Altered, Fault
from asdbench.data.proxy.families import GRADES


def test_another_process_makes_the_same_samples() -> None:
    script = (
        "import hashlib\n"
        "from asdbench.data.proxy.dataset import Proxy\n"
        "from asdbench.data.synthetic.dataset import Synthetic\n"
        "wrapped = Synthetic(machines=('slider',), subsets=('development',), seconds=1, train=3)\n"
        "sounds = [r.source.read()[0].tobytes() for r in Proxy(wrapped).recordings()]\n"
        "digest = hashlib.sha256(b''.join(sounds)).hexdigest()\n"
    )
    here: dict[str, Any] = {}
    exec(script, here)
    environment = {**os.environ, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", script + "print(digest)"]
    there = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert there.stdout.strip() == here["digest"]


def test_identity_tells_every_sound_from_every_other_and_nothing_else() -> None:
    group = train("slider", "00", 6)
    made = [*proxy(group, grades=GRADES), *proxy(group, seed=1, grades=GRADES)]
    test = split(made, "test")
    assert len({r.source.identity for r in test}) == len(test)
    moved = Altered(Recording(group[0].clip, replace(group[0].source, identity="moved")), 0)
    assert moved.identity != Altered(group[0], 0).identity
    assert Altered(group[0], 0).identity == Altered(group[0], 0).identity


def test_clips_of_one_sound_get_nuisances_and_faults_of_their_own() -> None:
    group = [Recording(r.clip, source("same", noise(0, 0.5))) for r in train("fan", "00", 24)]
    made = split(proxy(group, train("fan", "02", 3), families=("tone",)), "test")
    mine = [r.source for r in made if r.clip.id == "00"]
    assert len({s.identity for s in mine}) == 12
    assert len({s.read()[0].tobytes() for s in mine}) == 12


def test_a_clip_is_mono_and_keeps_its_length_and_rate() -> None:
    @dataclass(frozen=True)
    class Stereo:
        identity: str = "stereo"

        def header(self) -> Any:
            return Generated("", lambda: None, 11_025, 22_050).header()._replace(channels=2)

        def read(self) -> Any:
            return np.stack([noise(1, 1.0), -0.5 * noise(1, 1.0)], axis=1)[:11_025], 22_050

    [r, *_] = train("fan", "00", 1)
    altered = Altered(Recording(r.clip, Stereo()), 0)
    samples, rate = altered.read()
    assert (samples.dtype, samples.shape, rate) == (np.int16, (11_025,), 22_050)
    assert altered.header() == (11_025, 22_050, 1)
    # Channels of opposite sign average to a quarter; the gain is within 2 dB.
    assert 0.79 < samples.std() / 32768 / (0.25 * 0.05) < 1.27


def test_a_pseudo_anomaly_has_the_nuisances_of_its_normal_clip() -> None:
    made = split(proxy(train("pump", "00", 3), families=("modulation",)), "test")
    normal, faulty = (r.source.read()[0].astype(float) for r in made)
    swell = faulty[np.abs(normal) > 100] / normal[np.abs(normal) > 100]
    assert swell.max() / swell.min() == pytest.approx(1.3 / 0.7, rel=0.05)


def test_a_loud_clip_is_turned_down_and_not_clipped() -> None:
    square = np.sign(np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE))
    loud = 0.99 * square + noise(0, 1.0, 0.001)
    clip = Clip("fan", "00", "development", "train", False, "a.wav")
    for seed in range(8):
        for fault in (None, Fault("resonance", "strong"), Fault("tone", "strong")):
            altered = Altered(Recording(clip, source("loud", loud)), seed, fault)
            samples = np.abs(altered.read()[0].astype(int))
            assert (samples >= 32767).sum() <= 2
    assert samples.max() > 20_000
