"""The leaderboards that asdbench brings: board in, text out."""
