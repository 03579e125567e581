"""A real SMTP server in the test process: what it took, encrypted how, from whom."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session as Conversation

HOST = "127.0.0.1"
USER, PASSWORD = "calminer", "a password of the mail server"


@dataclass
class Taken:
    """The letters that a server took, each with its recipients and whether its way was encrypted."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuse: str = ""
    login: bool = False

    async def handle_DATA(self, server: SMTP, conversation: Conversation, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter, or say what the test wants said instead."""
        if self.refuse:
            return self.refuse
        if self.login and not conversation.authenticated:
            return "530 log in first"
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, _class=EmailMessage, policy=policy.default))
        self.recipients.append([str(each) for each in envelope.rcpt_tos])
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 taken"

    def link(self) -> str:
        """Return the path of the one link in the one letter."""
        (letter,) = self.letters
        found = re.findall(r"https://testserver(/link/[\w-]{43})", letter.get_content())
        assert len(found) == 1, letter.get_content()
        return str(found[0])


def _knows(_server: SMTP, _conversation: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    # Not handled: the server still has to answer the refused one, who would wait for it otherwise.
    return AuthResult(success=right and mechanism in {"LOGIN", "PLAIN"}, handled=False)


@contextmanager
def running(security: str, folder: Path, *, login: bool = False) -> Iterator[Taken]:
    """Run a server on the loopback address; `starttls` and `tls` with a certificate of its own authority."""
    taken = Taken(login=login)
    options: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        if security != "none":
            authority = trustme.CA()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(HOST).configure_cert(context)
            authority.cert_pem.write_to_path(str(folder / "authority.pem"))
            patch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
            options |= {"ssl_context" if security == "tls" else "tls_context": context}
            options |= {"require_starttls": security == "starttls"}
        if login:
            options |= {"authenticator": _knows, "auth_require_tls": security == "starttls"}
        server = _Anywhere(taken, hostname=HOST, port=0, **options)
        server.start()
        try:
            taken.port = server.port
            yield taken
        finally:
            server.stop()


class _Anywhere(Controller):
    """A controller that takes any free port."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
