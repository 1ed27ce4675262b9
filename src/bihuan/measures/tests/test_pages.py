"""The pages: every number opens a list of exactly as many cases; odd addresses are no pages; files say the same."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

FIGURE = re.compile(r'<a href="(/cases/\?[^"]*figure=[^"]*)" data-figure>([0-9]+)</a>')
KPI = re.compile(
    r'href="(/cases/\?[^"]*figure=[^"]*)"><span class="kpi-label">.*?kpi-value numeric">([0-9]+)', re.DOTALL
)
COUNT = re.compile(r'class="pager-count">([0-9+]+)')


def door(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def numbers(client: Client, address: str) -> set[tuple[str, int]]:
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    return {(html.unescape(link), int(count)) for link, count in [*FIGURE.findall(text), *KPI.findall(text)]}


@pytest.mark.parametrize(
    ("person", "address", "least"),
    [
        ("qian", "/reports/month/2026-03/", 40),
        ("qian", "/reports/week/2026-W11/", 15),
        ("qian", "/reports/month/2026-03/?kind=job&outlet=north", 30),
        ("wang", "/reports/month/2026-03/", 10),
    ],
)
def test_every_number_opens_exactly_the_cases_it_counts(site, march, person, address, least):
    client = door(site.people[person])
    found = numbers(client, address)
    assert len(found) >= least
    for link, count in found:
        page = client.get(link).content.decode()
        assert COUNT.search(page)[1] == str(count), link
        assert "list-faults" not in page
