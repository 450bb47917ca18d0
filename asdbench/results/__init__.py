"""The output folder: what is kept of each cell, and the board made from it."""
