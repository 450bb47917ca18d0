"""The clips that rows get most wrong, as a page to look at and listen to, beside the board."""
