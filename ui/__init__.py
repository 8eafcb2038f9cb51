"""The page: calls the pipeline and its store, holds no logic of its own."""
