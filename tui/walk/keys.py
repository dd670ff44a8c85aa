"""The keys of the walking screens. Descriptions are English sentences to translate when drawn."""

from __future__ import annotations

from dataclasses import replace

from textual.binding import Binding

from tui.i18n import N_

MOVE = Binding.Group(N_("Move"))
CLOCK = Binding.Group(N_("Play"))
CHOOSE = Binding.Group(N_("Choose"))
WINDOW = Binding.Group(N_("The window"))

SHARED_KEYS = (
    Binding("left", "move(0, -1)", N_("Previous cell"), show=False, group=MOVE),
    Binding("right", "move(0, 1)", N_("Cell"), key_display="<- ->", group=MOVE),
    Binding("up", "move(-1, 0)", N_("Row up"), show=False, group=MOVE),
    Binding("down", "move(1, 0)", N_("Row down"), show=False, group=MOVE),
    Binding("comma,backspace", "step(-1)", N_("One multiplication back"), show=False, group=MOVE),
    Binding("full_stop", "step(1)", N_("Multiply"), key_display=".", group=MOVE),
    Binding("enter", "enter", N_("Multiply; on the input: go to an output cell"), show=False, group=MOVE),
    Binding("f", "finish_row(1)", N_("Finish the row"), show=False, group=MOVE),
    Binding("F", "finish_row(-1)", N_("Back to the start of the row"), show=False, group=MOVE),
    Binding("home", "home", N_("To the start"), show=False, group=MOVE),
    Binding("end", "end", N_("To the end"), show=False, group=MOVE),
    Binding("g", "jump", N_("Jump to row, column"), show=False, group=MOVE),
    Binding("j", "next_highlight(1)", N_("Next interesting cell"), show=False, group=MOVE),
    Binding("J", "next_highlight(-1)", N_("Previous interesting cell"), show=False, group=MOVE),
    Binding("tab", "toggle_input", N_("Cursor to the input, or back"), key_display="Tab", show=False, group=MOVE),
    Binding("escape", "to_output", N_("Cursor to the output"), show=False, group=MOVE),
    Binding("space", "play", N_("Play"), group=CLOCK),
    Binding("plus,equals_sign", "faster", N_("Faster"), show=False, group=CLOCK),
    Binding("minus,underscore", "slower", N_("Slower"), show=False, group=CLOCK),
    Binding("n,i", "sample(1)", N_("Picture"), group=CHOOSE),
    Binding("p,I,N", "sample(-1)", N_("Previous picture"), show=False, group=CHOOSE),
    Binding("k", "kernel(1)", N_("Kernel"), group=CHOOSE),
    Binding("K", "kernel(-1)", N_("Previous kernel"), show=False, group=CHOOSE),
    Binding("o", "app.open_picture", N_("Open"), group=CHOOSE),
    Binding("c", "channel(1)", N_("Grey, red, green or blue of a colour picture"), show=False, group=CHOOSE),
    Binding("C", "channel(-1)", N_("Previous colour channel"), show=False, group=CHOOSE),
    Binding("w", "network", N_("Network kernels on or off"), show=False, group=CHOOSE),
    Binding("x", "export", N_("Export"), show=False, group=CHOOSE),
    Binding("v", "predict", N_("Predict, then reveal"), show=False, group=CHOOSE),
    Binding("s", "stride(1)", N_("Stride"), show=False, group=WINDOW),
    Binding("S", "ask_stride", N_("Type a stride"), show=False, group=WINDOW),
    Binding("z", "padding", N_("Padding: valid, same, 1, 2"), show=False, group=WINDOW),
)

CONVOLUTION_KEYS = (
    *SHARED_KEYS,
    Binding("e", "edit_kernel", N_("Edit kernel"), group=CHOOSE),
    Binding("m", "toggle_map", N_("Show or hide this kernel's map"), show=False, group=CHOOSE),
    Binding("M", "all_maps", N_("Show the maps of all kernels, or none"), show=False, group=CHOOSE),
    Binding("right_square_bracket", "next_map(1)", N_("Next map"), show=False, group=CHOOSE),
    Binding("left_square_bracket", "next_map(-1)", N_("Previous map"), show=False, group=CHOOSE),
    Binding("Z", "ask_padding", N_("Type a padding"), show=False, group=WINDOW),
    Binding("d", "dilation", N_("Dilation"), show=False, group=WINDOW),
    Binding("D", "ask_dilation", N_("Type a dilation"), show=False, group=WINDOW),
)

# Pooling multiplies nothing: the same keys show a window's maximum.
POOLING_WORDS = {
    "step(1)": N_("Maximum"),
    "step(-1)": N_("Previous maximum"),
    "enter": N_("Maximum; on the input: go to an output cell"),
    "padding": N_("Padding: valid or same"),
}
POOLING_KEYS = (
    *(replace(key, description=POOLING_WORDS.get(key.action, key.description)) for key in SHARED_KEYS),
    Binding("Z", "ask_padding", N_("Type a padding"), show=False, group=WINDOW),
    Binding("d", "pool_size", N_("Window size"), group=WINDOW),
    Binding("D", "ask_pool_size", N_("Type a window size"), show=False, group=WINDOW),
)
