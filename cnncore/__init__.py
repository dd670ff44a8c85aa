"""A fast convolution on numpy arrays, the same one explained number by number, and a check against Keras."""
from cnncore.errors import CnnError
from cnncore.ops import avg_pool2d, clamp, conv2d, dense, filter2d, max_pool2d, relu, softmax
from cnncore.stepping import conv2d_steps, filter2d_steps, max_pool2d_steps

__all__ = ["CnnError", "avg_pool2d", "clamp", "conv2d", "conv2d_steps", "dense", "filter2d", "filter2d_steps", "max_pool2d", "max_pool2d_steps", "relu", "softmax"]
