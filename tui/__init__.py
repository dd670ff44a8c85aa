"""The terminal app. It shows what `cnncore` computes and does no arithmetic on pixels or weights."""

import os

# Read when Textual is imported. It holds a frame back until so much time has passed since the last one, twice that at
# worst: at its usual 60 a key pressed soon after another waits 20 ms for nothing.
os.environ.setdefault("TEXTUAL_FPS", "240")
