"""Training by the C core: losses with their gradients, what layers do in training alone, and the optimizers."""
