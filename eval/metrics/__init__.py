"""Metrics as pure functions, one family a file. An empty set has no score: NaN in arrays, ``None`` at the edge, never 0."""
