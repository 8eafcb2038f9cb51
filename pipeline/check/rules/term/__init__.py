"""合同期限、终止与违约责任: how long, how to try it, how to leave, what a breach costs, where to sue. One file a checkpoint."""

from pipeline.check.rules.term import breach_compensation, dispute, duration, exit, notice, trial

RULES = (duration.RULE, trial.RULE, notice.RULE, exit.RULE, breach_compensation.RULE, dispute.RULE)
