"""The keys of the network screen. Descriptions are English sentences to translate when drawn."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.i18n import N_

GO = Binding.Group(N_("Go"))
SEE = Binding.Group(N_("See"))
PICTURES = Binding.Group(N_("Pictures"))
BACKWARD = Binding.Group(N_("Backwards"))

KEYS: list[BindingType] = [
    Binding("enter", "go_in", N_("Go in"), group=GO),
    Binding("escape", "go_out", N_("Go out"), group=GO),
    Binding("b", "backwards", N_("Backwards"), group=BACKWARD),
    Binding("B", "batch", N_("Batch"), group=BACKWARD),
    Binding("e", "step(True)", N_("Step this weight"), group=BACKWARD),
    Binding("E", "step(False)", N_("Step all weights"), group=BACKWARD),
    Binding("U", "undo", N_("Undo steps"), group=BACKWARD),
    Binding("up", "arrow(-1, 0)", N_("Layer, row or term"), key_display="arrows", group=GO, show=False),
    Binding("down", "arrow(1, 0)", N_("Layer, row or term"), show=False, group=GO),
    Binding("left", "arrow(0, -1)", N_("Map, column or value"), show=False, group=GO),
    Binding("right", "arrow(0, 1)", N_("Map, column or value"), show=False, group=GO),
    Binding("left_square_bracket", "map(-1)", N_("Previous map, next map"), show=False, group=GO),
    Binding("right_square_bracket", "map(1)", N_("Previous map, next map"), show=False, group=GO),
    Binding("less_than_sign", "layer(-1)", N_("Previous layer, next layer"), show=False, group=GO),
    Binding("greater_than_sign", "layer(1)", N_("Previous layer, next layer"), show=False, group=GO),
    Binding("pageup", "page(-1)", N_("Page"), show=False, group=GO),
    Binding("pagedown", "page(1)", N_("Page"), show=False, group=GO),
    Binding("home", "ends(-1)", N_("First, last"), show=False, group=GO),
    Binding("end", "ends(1)", N_("First, last"), show=False, group=GO),
    Binding("m", "largest", N_("To the largest value"), show=False, group=GO),
    Binding("v", "next_live_map", N_("Next map that is not all 0"), show=False, group=GO),
    Binding("g", "jump", N_("Jump to a map or to row, column"), show=False, group=GO),
    Binding("d", "down", N_("Down to the source of a term"), show=False, group=GO),
    Binding("u", "up", N_("Up to the values that use this one"), group=GO, show=False),
    Binding("backspace", "back", N_("Back from a followed term"), show=False, group=GO),
    Binding("n,i", "picture(1)", N_("Picture"), group=PICTURES),
    Binding("p,I,N", "picture(-1)", N_("Previous picture"), show=False, group=PICTURES),
    Binding("f", "wrong", N_("Misclassified"), group=PICTURES),
    Binding("c", "label(1)", N_("By class"), show=False, group=PICTURES),
    Binding("C", "label(-1)", N_("By class"), show=False, group=PICTURES),
    Binding("o", "open_picture", N_("Open"), group=PICTURES),
    Binding("z", "invert", N_("Invert the picture"), show=False, group=PICTURES),
    Binding("O", "open_model", N_("Open a network"), show=False, group=PICTURES),
    Binding("y,w,W", "why", N_("Why"), group=SEE),
    Binding("s", "scale", N_("Scale"), group=SEE),
    Binding("k", "weights", N_("Weights"), group=SEE),
    Binding("comma", "channel(-1)", N_("Previous or next input map's kernel, or weight"), show=False, group=SEE),
    Binding("full_stop", "channel(1)", N_("Previous or next input map's kernel, or weight"), show=False, group=SEE),
    Binding("r", "order", N_("Order of the terms"), show=False, group=SEE),
    Binding("R", "keras_again", N_("Ask Keras again"), show=False, group=SEE),
    Binding("x", "export", N_("Export"), show=False, group=SEE),
]
