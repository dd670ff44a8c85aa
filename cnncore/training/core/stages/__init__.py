"""The steps of a training pass: what each layer computes forwards, and the gradients backwards."""
