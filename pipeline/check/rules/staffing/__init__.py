"""人员稳定性与应急预案: who leaves, who stays, who stands by, who steps in, what happens on a bad day, who is trained."""

from pipeline.check.rules.staffing import contingency, replacement, reserve, tenure, training, turnover

RULES = (turnover.RULE, tenure.RULE, reserve.RULE, replacement.RULE, contingency.RULE, training.RULE)
