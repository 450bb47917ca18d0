"""Detectors: fitted methods on disk, with thresholds, that score new recordings."""
