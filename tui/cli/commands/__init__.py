"""The commands: one module each, with its parser and what it does. What takes time to import is imported when it runs.

Each has `add_parser(commands)`, whose parser carries `run(parser, asked)` as a default; it returns the exit status.
"""
