"""Whole inputs that fuzzing begins with: small ones of each kind."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import soundfile
from recorded import sound

from asdbench.config.experiment import experiments
from asdbench.data.folders.listing import Listed

SAMPLES = 5000
WAVES = [sound("fan", "00", False, number, SAMPLES) for number in range(3)]
LISTED = tuple(
    Listed(f"fan/{split}/{kind}_id_00_{number}.wav", f"/nowhere/{split}/{kind}_id_00_{number}.wav")
    for split, kind in (("train", "normal"), ("test", "normal"), ("test", "anomaly"))
    for number in range(3)
)
CLIPS = [f"section_00_{number:04d}.wav" for number in range(6)]


def _written(samples: np.ndarray, format: str, subtype: str, rate: int = 16000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=format, subtype=subtype)
    return file.getvalue()


_COARSE = WAVES[1] // 256 * 256
WRITTEN = [*WAVES, _COARSE]
_STEREO = np.stack(WAVES[:2], axis=1)
WAVS = [
    _written(WAVES[0], "WAV", "PCM_16"),
    _written(_STEREO, "WAV", "PCM_16", 44100),
    _written(WAVES[1] / 32768, "WAV", "PCM_24"),
    _written(WAVES[1] / 32768, "WAV", "FLOAT", 8000),
    _written(WAVES[2], "WAVEX", "PCM_16"),
    _written(WAVES[2], "WAV", "IMA_ADPCM"),
    _written(WAVES[2], "WAV", "ULAW"),
    _written(WAVES[0], "RF64", "PCM_16"),
]
FLACS = [
    _written(WAVES[0], "FLAC", "PCM_16"),
    _written(_COARSE, "FLAC", "PCM_S8"),
    _written(_STEREO, "FLAC", "PCM_16", 44100),
]
OTHERS = [
    _written(WAVES[0], "OGG", "VORBIS"),
    _written(WAVES[0], "MP3", "MPEG_LAYER_III"),
    _written(WAVES[0], "AIFF", "PCM_16"),
    _written(WAVES[0], "W64", "PCM_16"),
    _written(WAVES[0], "CAF", "PCM_16"),
    _written(WAVES[0], "AU", "PCM_16"),
]
TOMLS = [path.read_bytes() for path in experiments().values()]
SETTINGS = [b"knn.k=3", b"id_classifier.classifier.batch.size=8", b'x.y="a"', b"a.b=[1, {c = 2}]"]
CLIPS_CSV = [
    "\n".join(
        [
            "file,machine,id,split,label,subset,domain,load",
            *(f"{one.where},fan,00,{one.where.split('/')[1]},normal,,source,8" for one in LISTED),
        ]
    ).encode(),
    f'file,machine,id,split,label\r\n"{LISTED[0].where}","fan","A1",train,normal\r\n'.encode(),
]
TAGS_CSV = [
    "\n".join(["file,fault,snr", *(f"{one.where},belt,-6" for one in LISTED)]).encode(),
    f'\ufefffile,"a b"\r\n{LISTED[3].where},"ä\n"\r\n'.encode(),
]
ATTRIBUTES_CSV = [
    b"file_name,d1p,d1v,d2p,d2v\nfan/train/a.wav,vel,6,loc,B\nfan/train/b.wav,noAttribute,,,\n",
    b"file_name,vel,loc\nfan/train/a.wav,7,\n",
]
SCORE_FILES = ["".join(f"{name},{n / 8}\n" for n, name in enumerate(CLIPS)).encode()]
DECISION_FILES = ["".join(f"{name},{n % 2}\n" for n, name in enumerate(CLIPS)).encode()]
CELL_SCORES = [
    b"machine,id,subset,clip,anomalous,score\nfan,00,development,a.wav,0,0.5\n"
    b"fan,00,evaluation,b.wav,,-1e-3\n",
    b'machine,id,subset,clip,anomalous,score,decided\nfan,00,development,"a,\n.wav",1,2.5,1\n',
]
NAMES = [
    b"normal_id_00_00000000.wav",
    b"anomaly_id_0A_target_3_vel_21_loc_B.wav",
    b"section_00_target_test_anomaly_0003_vel_21_loc_B.wav",
    b"section_02_noise_0001_noAttribute_.flac",
    b"section_00_source_train_normal_0000_mic_imp34_mic_pos_A_weight15_BckgF.wav",
]


def _zipped(compression: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as one:
        for name in NAMES[:3]:
            one.writestr(f"fan/train/{name.decode()}", WAVS[0][:400])
    return file.getvalue()


ZIPS = [_zipped(zipfile.ZIP_STORED), _zipped(zipfile.ZIP_DEFLATED)]
