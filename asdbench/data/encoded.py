"""Sound as a file's bytes: what pages play, a detector keeps, and a folder of clips is made of."""

from __future__ import annotations

import io

from asdbench.data.decode import Samples


def encoded(samples: Samples, rate: int, form: str) -> bytes:
    """Mono int16 samples (S,) at ``rate`` Hz as a WAV or FLAC file, which lose nothing.

    They are written by Python, since libsndfile can't tell why it couldn't: a disk that is full,
    say.
    """
    import soundfile

    written = io.BytesIO()
    soundfile.write(written, samples, rate, format=form, subtype="PCM_16")
    return written.getvalue()
