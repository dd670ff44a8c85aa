"""Translated sentences and words that no call marks in the code: those of argparse, and the words in `cnncore`'s
errors."""

from __future__ import annotations

from tui.i18n import N_

ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("one of the arguments %s is required"),
)
ARGUMENTS = (N_("rows"), N_("columns"), N_("padded input"), N_("layer"))
SOURCES = (N_("drawn garments"), N_("random numbers"))
