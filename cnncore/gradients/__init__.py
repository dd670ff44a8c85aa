"""The backward pass: from the gradient of a loss with respect to an operation's output to those of what went into it.

Each operation of `cnncore.ops` has its `*_backward` here, computed by the C core, and a plain numpy twin in
`cnncore.gradients.reference`.
"""
