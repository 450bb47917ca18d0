"""Sound as FLAC: what pages play, and a detector keeps."""

from __future__ import annotations

import io

from asdbench.data.decode import Samples


def flac(samples: Samples, rate: int) -> bytes:
    """Mono int16 samples (S,) at ``rate`` Hz as a FLAC file, which loses nothing."""
    import soundfile

    written = io.BytesIO()
    soundfile.write(written, samples, rate, format="FLAC", subtype="PCM_16")
    return written.getvalue()
