"""Perturbation pairs: a labelled contract, a small edit, and what one checkpoint must say after it.

The pairs test a reviewer without new contracts: an edit either turns the label of one checkpoint in a known way or leaves it
as it is, and it leaves the labels of the others alone. They are written from the label guide and from the labels, never from
what an engine says.
"""

from eval.perturb.apply import perturbed
from eval.perturb.pairs import FOLDER, Edit, Kind, Pair, load_pairs, text_sha256

__all__ = ["FOLDER", "Edit", "Kind", "Pair", "load_pairs", "perturbed", "text_sha256"]
