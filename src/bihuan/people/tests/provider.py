"""A small sign-in of an organisation: real HTTP on loopback, real signatures; what it gets wrong can be set."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "bihuan", "provider-knows-this-secret"


class Provider:
    """``who`` signs in there next; ``lies`` are claims laid over the token; ``key`` signs, ``keys`` are published."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.keys = [self.key]
        self.who: dict[str, Any] = {"sub": "u-1", "email": "chen@example.org", "email_verified": True}
        self.lies: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.issuer_said = ""
        self.asked: list[dict[str, str]] = []
        self.tokens_given = 0
        self._codes: dict[str, dict[str, str]] = {}
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                house.answer_get(self)

            def do_POST(self) -> None:
                house.answer_post(self)

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def answer_get(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._say(handler, {
                "issuer": self.issuer_said or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            })  # fmt: skip
        elif parts.path == "/keys":
            self._say(handler, KeySet(self.keys).as_dict(private=False))
        elif parts.path == "/authorize":
            code = secrets.token_urlsafe(8)
            self.asked.append(asked)
            self._codes[code] = asked
            back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            handler.send_response(302)
            handler.send_header("Location", back)
            handler.end_headers()
        else:
            handler.send_error(404)

    def answer_post(self, handler: BaseHTTPRequestHandler) -> None:
        sent = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        given = {name: values[0] for name, values in sent.items()}
        asked = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        fits = asked is not None and asked["code_challenge"] == challenge and asked["code_challenge_method"] == "S256"
        if not fits or handler.headers.get("Authorization") != f"Basic {basic}":
            self._say(handler, {"error": "invalid_grant"}, 400)
            return
        self.tokens_given += 1
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.who}
        claims |= self.lies
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.signing(), algorithms=[self.algorithm])
        self._say(handler, {"access_token": "x", "token_type": "Bearer", "id_token": token})

    def signing(self) -> Any:
        return self.key

    @staticmethod
    def _say(handler: BaseHTTPRequestHandler, told: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(told).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
