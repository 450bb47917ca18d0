"""Folders of recordings: which layout one has, and what its files are."""
