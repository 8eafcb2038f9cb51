"""服务范围与标准: what is served, where, when, how fast, how well."""

from pipeline.check.rules.scope import channels, resolution_rate, response_time, service_hours, service_types

RULES = (service_types.RULE, channels.RULE, service_hours.RULE, response_time.RULE, resolution_rate.RULE)
