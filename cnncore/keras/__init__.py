"""The only place that imports Keras: build, convert, validate."""
