"""The backward pass of each operation, and its plain numpy twin."""
