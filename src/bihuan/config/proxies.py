"""Who a visitor is and how they came, where a proxy stands before us: believed only from the proxies named.

A header anybody can send says nothing. So the address the connection really comes from is looked at first; only if it
is one of ``proxies`` are ``X-Forwarded-For`` (from its right end, past our own proxies) and ``X-Forwarded-Proto`` read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# set where somebody unknown has passed a request on: its sender is not who REMOTE_ADDR says
UNKNOWN_PROXY = "bihuan.unknown_proxy"
TOLD = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def networks(names: Sequence[str]) -> tuple[Network, ...]:
    """As ``ipaddress`` knows them."""
    return tuple(ipaddress.ip_network(name) for name in names)


def within(address: str, known: Sequence[Network]) -> bool:
    """Whether ``address`` lies in one of the networks; False for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in known)


def visitor(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The visitor's address: the last one in ``forwarded`` that no proxy of ours put there; ``peer`` without any."""
    if not within(peer, trusted):
        return peer
    nearest = peer
    for named in reversed([one.strip() for one in forwarded.split(",") if one.strip()]):
        try:
            nearest = str(ipaddress.ip_address(named))
        except ValueError:
            # whatever stands further left came through something that writes no addresses
            return nearest
        if not within(nearest, trusted):
            return nearest
    return nearest


class TrustedProxies:
    """The first middleware: everything after it may believe ``REMOTE_ADDR`` and the scheme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted = networks(settings.PROXIES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = {name: request.META.pop(name, "") for name in TOLD}
        peer = request.META.get("REMOTE_ADDR", "")
        if settings.HTTPS:
            request.META["wsgi.url_scheme"] = "https"
        if self.trusted and within(peer, self.trusted):
            request.META["REMOTE_ADDR"] = visitor(peer, told["HTTP_X_FORWARDED_FOR"], self.trusted)
            if told["HTTP_X_FORWARDED_PROTO"] in {"http", "https"}:
                request.META["wsgi.url_scheme"] = told["HTTP_X_FORWARDED_PROTO"]
        elif any(told.values()):
            request.META[UNKNOWN_PROXY] = True
        return self.get_response(request)
