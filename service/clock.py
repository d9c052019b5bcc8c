"""Which day it is. Laws enter into force at midnight in China, wherever the machine stands."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+08:00")


def today() -> date:
    """Return the day by the calendar in China."""
    return datetime.now(CHINA).date()
