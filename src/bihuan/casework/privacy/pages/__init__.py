"""What the pages of this room draw."""

from .frame import crumbs, tabs
from .lists import exports, index, request, request_form, requests, retention, retention_list, reveals
from .settled import (
    consent_form,
    consent_texts,
    consents,
    hold_form,
    holds,
    policy_form,
    recording_form,
    recordings,
    text_form,
    why,
)

__all__ = [
    "consent_form",
    "consent_texts",
    "consents",
    "crumbs",
    "exports",
    "hold_form",
    "holds",
    "index",
    "policy_form",
    "recording_form",
    "recordings",
    "request",
    "request_form",
    "requests",
    "retention",
    "retention_list",
    "reveals",
    "tabs",
    "text_form",
    "why",
]
