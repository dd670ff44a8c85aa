"""Temporary: delegates to reference until the C core is in."""
from cnncore.reference import avg_pool2d, clamp, conv2d, dense, filter2d, max_pool2d, relu  # noqa: F401
from cnncore.activations import softmax  # noqa: F401
