"""Mail, where an operator has set a server for it; the only thing that CalMiner ever sends."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage

from app.settings import get_settings

logger = logging.getLogger(__name__)
SECONDS = 15


def available() -> bool:
    """Say whether links can be mailed."""
    settings = get_settings()
    return bool(settings.smtp_host and settings.public_url)


def address_of(path: str) -> str:
    """Return where a path of this installation is reached from outside; the path alone where nobody said."""
    return get_settings().public_url.rstrip("/") + path


def send(to: str, subject: str, text: str) -> None:
    """Send a message; a server that does not take it is logged, because nobody waits for the answer."""
    settings = get_settings()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.smtp_from, to, subject
    message.set_content(text)
    try:
        with _connected() as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        logger.error("Mail could not be sent through %s: %s", settings.smtp_host, error)  # noqa: TRY400


def _connected() -> smtplib.SMTP:
    settings = get_settings()
    place = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*place, timeout=SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
