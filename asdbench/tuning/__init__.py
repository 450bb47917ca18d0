"""Tuning without anomalies: trials, the choice, and how far to trust it."""
