"""数据安全与保密: secrecy, deletion, safeguards, and who pays for a leak."""

from pipeline.check.rules.data import breach_liability, confidentiality, deletion, safeguards

RULES = (confidentiality.RULE, deletion.RULE, safeguards.RULE, breach_liability.RULE)
