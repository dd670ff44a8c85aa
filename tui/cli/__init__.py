"""The commands that need no screen: a module for each, whose `run` returns the exit status."""
