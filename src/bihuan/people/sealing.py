"""Secrets that must be read again are kept encrypted, with a key of their own derived from the site's secret key.

Whoever has only the database cannot count anybody's codes. A site that loses its secret key loses these secrets: the
devices are then registered anew.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"bihuan second factor 1"


def seal(plain: str) -> str:
    """``plain`` encrypted and signed, as text."""
    return _box().encrypt(plain.encode()).decode()


def unseal(sealed: str) -> str | None:
    """What was sealed; None where it was sealed with a key this site no longer has, or was tampered with."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    return MultiFernet([_key(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
