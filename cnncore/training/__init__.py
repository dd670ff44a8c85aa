"""Training runs: a configuration, a generator of events, and the folder of a run's files."""
