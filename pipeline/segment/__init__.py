"""A document's clause tree, read from its numbering; and the sentences of a clause."""

from pipeline.segment.sentences import sentences
from pipeline.segment.tree import segment

__all__ = ["segment", "sentences"]
