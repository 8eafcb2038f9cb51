"""费用结构与支付条件: how it is priced, what is in the price, when it is paid, what lateness costs, who may raise it."""

from pipeline.check.rules.fees import itemization, late_payment, payment_cycle, price_adjustment, pricing_model

RULES = (pricing_model.RULE, itemization.RULE, payment_cycle.RULE, late_payment.RULE, price_adjustment.RULE)
