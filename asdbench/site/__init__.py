"""A board for the field: a static site made of many output folders and submissions."""
