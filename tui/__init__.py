"""The terminal app. It shows what `cnncore` computes and does no arithmetic on pixels or weights."""
