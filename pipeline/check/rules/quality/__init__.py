"""服务质量考核与质检: what is measured, who may look, what a miss costs."""

from pipeline.check.rules.quality import incentives, inspection, kpis

RULES = (kpis.RULE, inspection.RULE, incentives.RULE)
