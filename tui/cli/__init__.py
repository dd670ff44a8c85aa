"""What the command line does without a screen: a module per command, whose `run` returns the exit status."""
