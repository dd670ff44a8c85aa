"""Training runs: a configuration, a generator of events, and the folder a run leaves behind."""
