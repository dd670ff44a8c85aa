"""The terminal app. It shows what `cnncore` computes and does no arithmetic on pixels or weights."""

import os

# Textual reads it when imported, and delays a frame by up to twice the frame time: at its default of 60, a key pressed
# soon after another waits 20 ms for nothing.
os.environ.setdefault("TEXTUAL_FPS", "240")
