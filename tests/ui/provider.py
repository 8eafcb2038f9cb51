"""An OpenID provider on loopback: whoever asks is signed in at once, with the claims that the test has set."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "shenyue", "a-client-secret-of-the-tests"


@dataclass
class Provider:
    """``claims`` are those of the next one to sign in."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    _key: Any = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    _nonce: str = ""

    @property
    def metadata(self) -> str:
        return f"{self.address}/.well-known/openid-configuration"

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def _describe(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        self._nonce = asked.get("nonce", "")
        back = urlencode({"code": "one", "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", status_code=302)

    def _token(self, request: Request) -> Response:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600, "nonce": self._nonce}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, **self.claims}, self._key)
        return JSONResponse({"access_token": "nothing", "token_type": "Bearer", "id_token": token, "expires_in": 600})


@contextmanager
def provider(port: int) -> Iterator[Provider]:
    """A provider that runs until the end of the block."""
    it = Provider(address=f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(it.app(), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield it
    finally:
        server.should_exit = True
        thread.join(10)
