"""The only place that imports Keras, and only when something here is called.

`build` makes the mission's networks, `convert` takes a Keras model over, `validate` compares the two, `engine` trains.
"""
