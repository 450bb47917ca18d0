"""Submissions: output folders from strangers, read so that they do no harm; checked, and made."""
