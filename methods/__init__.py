"""The methods that asdbench brings, one file each."""
