# SPDX-License-Identifier: Apache-2.0
"""Dates, times and numbers as people of the country write them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import dateformat, timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

# Indonesian writes a time of day with a full stop: 19.42.
_TIME = {"id": "H.i"}


def format_date(value: date | datetime, pattern: str = "j F Y") -> str:
    """`24 November 2026`; another Django pattern may be given."""
    return dateformat.format(_localise(value), pattern)


def format_time(value: datetime) -> str:
    """`19.42` in Indonesian, `19:42` in English."""
    return dateformat.format(_localise(value), _TIME.get(get_language() or "", "H:i"))


def format_moment(value: datetime) -> str:
    """`24 November 2026 pukul 19.42`."""
    return gettext("%(date)s at %(time)s") % {
        "date": format_date(value),
        "time": format_time(value),
    }


def format_recently(value: datetime, now: datetime | None = None) -> str:
    """`hari ini pukul 08.10`, `kemarin pukul 19.42`, else the date. For the middle of a sentence."""
    today = timezone.localdate(now)
    day = _localise(value).date()
    if day == today:
        return gettext("today at %(time)s") % {"time": format_time(value)}
    if day == today - timedelta(days=1):
        return gettext("yesterday at %(time)s") % {"time": format_time(value)}
    return format_date(value)


def format_number(value: float | Decimal, places: int | None = None) -> str:
    """`1.250.000` in Indonesian, `1,250,000` in English."""
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def format_money(value: float | Decimal) -> str:
    return f"Rp{format_number(value, 0)}"


def group_characters(value: str, size: int = 4) -> str:
    """`K7PM 2XRD 94QT`: long codes are read and typed in groups."""
    return " ".join(value[start : start + size] for start in range(0, len(value), size))


def capitalise(words: object) -> str:
    """The first letter large, the rest as it is: part of a sentence that now stands alone."""
    text = str(words)
    return text[:1].upper() + text[1:]


def _localise(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a date has no zone
