"""What was asked for: experiments, settings, plugins, keys."""
