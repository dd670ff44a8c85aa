"""The builder: the layers of a network edited before it is trained, beside the program that trains it."""
