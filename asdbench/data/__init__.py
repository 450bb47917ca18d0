"""From recordings to clips: datasets, decoding, the bank on disk, log-mel."""
