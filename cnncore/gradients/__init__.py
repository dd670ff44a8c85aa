"""The backward pass: the gradients of each operation, and their plain numpy twins."""
