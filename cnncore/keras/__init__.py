"""The only place that imports Keras, and only when something here is called.

`build` makes the built-in networks, `convert` converts Keras models, `validate` compares both sides, `engine` trains.
"""
