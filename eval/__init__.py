"""Scores an engine against labelled contracts."""
