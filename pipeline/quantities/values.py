"""What is read: quantities and blanks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.types import Span

SECOND = 1.0
MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
WEEK = 7 * DAY
MONTH = 30 * DAY
QUARTER = 3 * MONTH
YEAR = 365 * DAY


class QuantityKind(StrEnum):
    """What a quantity measures."""

    DURATION = "duration"
    RATIO = "ratio"
    MONEY = "money"
    COUNT = "count"
    CLOCK = "clock"
    DATE = "date"


class Comparator(StrEnum):
    """Which side of the value is meant, from the words around it (不超过, 以上, 左右 …)."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    LESS = "less"
    MORE = "more"
    EQUAL = "equal"
    ABOUT = "about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Span):
    """A figure of the text. ``text`` is what stands at ``[start, end)``: number, unit and a rate written with a slash
    (5‰/天, 4500元/坐席/月), not the words of comparison around it.

    ``value`` is in seconds for a duration (a month is 30 days, half a year 6 months, a year 365 days), a fraction for
    a ratio (15% is 0.15, 三倍 is 3.0), the currency named by ``unit`` for money (yuan unless it names another; nothing
    is converted), the plain number for a count, seconds since midnight for a clock time, the proleptic Gregorian
    ordinal for a date (nan when year, month or day is not said). ``high`` is the upper end of a range, else ``None``; for
    hours that run past midnight it is above 86,400. Coverage such as 7×16小时 is a clock with value 0, high 16 hours and
    unit "7×16".

    ``trigger`` is true when the figure is the condition of a consequence (低于90%的，扣…；每逾期一日…) and not the target.
    ``per`` are the bases of a rate in the order written (元/人/月 is ``("person", "month")``), each one of minute, hour,
    day, week, month, quarter, year, case, order, person, seat. ``working`` marks working days or hours. ``unit`` is the unit as
    written, the Chinese written in simplified characters and half width.
    """

    kind: QuantityKind
    value: float
    text: str
    high: float | None = None
    comparator: Comparator = Comparator.EQUAL
    trigger: bool = False
    per: tuple[str, ...] = ()
    working: bool = False
    unit: str = ""


class BlankKind(StrEnum):
    """How a figure or a choice is left open."""

    BLANK = "blank"
    UNTICKED = "unticked"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank(Span):
    """A place left open. ``text`` is what stands at ``[start, end)``: the underscores, the empty bracket, the box; for a
    number that is simply gone, the unit that has lost it (响应时间秒).

    ``unit`` is the unit that follows, ``None`` where there is none. ``answered`` is true for an unticked box with a
    ticked one in the same line.
    """

    kind: BlankKind
    text: str
    unit: str | None = None
    answered: bool = False
