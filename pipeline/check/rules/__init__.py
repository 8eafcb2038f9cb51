"""The rules engine: works with no key and no network, and reads every clause."""

from pipeline.check.rules.engine import check_rules

__all__ = ["check_rules"]
