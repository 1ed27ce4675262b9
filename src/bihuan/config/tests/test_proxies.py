"""Whose word about a visitor's address is believed."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from bihuan.config.proxies import UNKNOWN_PROXY, TrustedProxies, networks, visitor, within

OURS = networks(["10.0.0.0/8", "127.0.0.1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.9, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.2.2.2", "203.0.113.7"),
        ("10.0.0.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, unknown, 10.2.2.2", "10.2.2.2"),
        ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_visitor_is_the_last_address_no_proxy_of_ours_wrote(peer: str, forwarded: str, found: str) -> None:
    assert visitor(peer, forwarded, OURS) == found


def test_a_mapped_address_lies_in_the_network_it_stands_for() -> None:
    assert within("::ffff:10.1.2.3", OURS)
    assert not within("::ffff:192.0.2.1", OURS)
    assert not within("", OURS)


def _through(peer: str, **told: str) -> HttpRequest:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", **told}
    TrustedProxies(lambda seen: HttpResponse())(request)
    return request


@override_settings(PROXIES=("10.0.0.0/8",))
def test_a_proxy_of_ours_says_who_came_and_by_https() -> None:
    request = _through("10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7", HTTP_X_FORWARDED_PROTO="https")
    assert (request.META["REMOTE_ADDR"], request.META["wsgi.url_scheme"]) == ("203.0.113.7", "https")
    assert UNKNOWN_PROXY not in request.META


@override_settings(PROXIES=("10.0.0.0/8",))
def test_anybody_else_is_who_the_connection_says_and_their_headers_are_gone() -> None:
    request = _through("192.0.2.1", HTTP_X_FORWARDED_FOR="10.0.0.9", HTTP_X_FORWARDED_PROTO="https")
    assert (request.META["REMOTE_ADDR"], request.META["wsgi.url_scheme"]) == ("192.0.2.1", "http")
    assert "HTTP_X_FORWARDED_FOR" not in request.META
    assert request.META[UNKNOWN_PROXY] is True


@pytest.mark.django_db
def test_metrics_are_for_the_addresses_named_and_never_through_an_unknown_proxy() -> None:
    client = Client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404


@override_settings(PROXIES=("10.0.0.0/8",))
def test_where_visitors_come_by_https_everything_is_https_unless_our_proxy_says_otherwise() -> None:
    with override_settings(HTTPS=True):
        assert _through("192.0.2.1").META["wsgi.url_scheme"] == "https"
        assert _through("10.0.0.1").META["wsgi.url_scheme"] == "https"
        assert _through("10.0.0.1", HTTP_X_FORWARDED_PROTO="http").META["wsgi.url_scheme"] == "http"
        assert _through("192.0.2.1", HTTP_X_FORWARDED_PROTO="http").META["wsgi.url_scheme"] == "https"
    assert _through("10.0.0.1").META["wsgi.url_scheme"] == "http"
