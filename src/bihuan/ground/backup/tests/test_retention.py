"""Which backups stay: worked by hand on days, weeks, months and the hours between two days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bihuan.ground.backup import Keep, surplus

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 11, 22, 2, 30, tzinfo=SHANGHAI)


def nights(count):
    return [SUNDAY - timedelta(days=days) for days in range(count)]


def kept(taken, keep):
    return sorted(set(taken) - set(surplus(taken, keep, SHANGHAI)), reverse=True)


def days(taken):
    return [moment.astimezone(SHANGHAI).strftime("%m-%d") for moment in taken]


def test_of_two_months_of_nights_a_week_of_days_four_weeks_and_the_months_stay():
    stay = days(kept(nights(60), Keep(7, 4, 12)))
    # seven days; Sundays end the weeks of the 22nd, 15th, 8th and 1st; the newest of October and of September
    assert stay == [
        "11-22",
        "11-21",
        "11-20",
        "11-19",
        "11-18",
        "11-17",
        "11-16",
        "11-15",
        "11-08",
        "11-01",
        "10-31",
        "09-30",
    ]


def test_a_day_is_the_sites_day_and_its_newest_backup_stands_for_it():
    late, early = datetime(2026, 11, 19, 15, 30, tzinfo=UTC), datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert kept([SUNDAY, late, early], Keep(3, 0, 0)) == [SUNDAY, early, late]  # 23:30 and 00:30 in Shanghai
    assert kept([SUNDAY, late, late - timedelta(hours=5)], Keep(3, 0, 0)) == [SUNDAY, late]


def test_of_one_day_all_stay_until_a_day_later():
    hours = [SUNDAY - timedelta(hours=hour) for hour in range(24)]
    assert surplus(hours, Keep(1, 0, 0), SHANGHAI) == []
    assert surplus([*hours, SUNDAY - timedelta(hours=24)], Keep(1, 0, 0), SHANGHAI) == [SUNDAY - timedelta(hours=24)]


def test_days_without_a_backup_do_not_count():
    taken = [SUNDAY - timedelta(days=40 * place) for place in range(3)]
    assert kept(taken, Keep(3, 0, 0)) == taken


def test_the_newest_stays_whatever_is_set():
    assert surplus([SUNDAY], Keep(1, 0, 0), SHANGHAI) == []
    assert surplus(nights(3), Keep(1, 0, 0), SHANGHAI) == sorted(nights(3)[1:])
    assert surplus([], Keep(), SHANGHAI) == []


def test_a_year_of_months_and_not_a_day_more():
    taken = [datetime(2025 + month // 12, month % 12 + 1, 1, 2, 30, tzinfo=SHANGHAI) for month in range(14)]
    assert kept(taken, Keep(1, 0, 12)) == sorted(taken, reverse=True)[:12]


def test_it_is_written_as_days_weeks_months():
    assert Keep.read("7/4/12") == Keep(7, 4, 12)
    for wrong in ("0/4/12", "7/4", "7/4/12/1", "a/b/c", "-1/2/3", ""):
        with pytest.raises(ValueError):
            Keep.read(wrong)
