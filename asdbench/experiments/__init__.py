"""The experiments that come with asdbench, a TOML file each."""
