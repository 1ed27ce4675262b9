"""A certificate by files: the real web server speaks HTTPS, and cookies go no other way."""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.storm.site import temporary_site


def made_in(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for this machine, good for a day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(now - timedelta(minutes=1)).not_valid_after(now + timedelta(days=1))
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = built.add_extension(own, critical=False).sign(key, hashes.SHA256())
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files


def test_with_a_certificate_pages_and_cookies_come_by_https_only() -> None:
    with temporary_site() as site:
        certificate, key = made_in(site.folder)
        site.more = {"BIHUAN_CERTIFICATE": str(certificate), "BIHUAN_CERTIFICATE_KEY": str(key)}
        site.serve(worker=False)
        trusting = ssl.create_default_context(cafile=str(certificate))
        asking = http.client.HTTPSConnection("127.0.0.1", site.port, timeout=30, context=trusting)
        asking.request("GET", "/sign-in/")
        answer = asking.getresponse()
        cookies = answer.headers.get_all("Set-Cookie")
        answer.read()
        asking.close()
        lacking = site.bihuan("migrate") if site.more.pop("BIHUAN_CERTIFICATE_KEY") else None
    assert answer.status == 200
    assert cookies and all("; Secure" in one for one in cookies)
    assert all(one.startswith("__Host-") and "; Path=/" in one and "Domain" not in one for one in cookies)
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert lacking is not None and lacking.returncode != 0
    assert "certificate-key" in lacking.stderr
