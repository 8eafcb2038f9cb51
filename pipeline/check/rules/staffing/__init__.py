"""人员稳定性与应急预案: who leaves, who stays, who stands by, who steps in, what happens on a bad day, who is trained."""

from pipeline.check.rules.staffing.contingency import RULE as CONTINGENCY
from pipeline.check.rules.staffing.replacement import RULE as REPLACEMENT
from pipeline.check.rules.staffing.reserve import RULE as RESERVE
from pipeline.check.rules.staffing.tenure import RULE as TENURE
from pipeline.check.rules.staffing.training import RULE as TRAINING
from pipeline.check.rules.staffing.turnover import RULE as TURNOVER

RULES = (TURNOVER, TENURE, RESERVE, REPLACEMENT, CONTINGENCY, TRAINING)
