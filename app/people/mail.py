"""Mail, where an operator has set a server for it; the only thing that CalMiner ever sends."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

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


def send(to: str, subject: str, text: str, whom: str) -> bool:
    """Send a message and say whether the server took it; a failure is logged, nobody waits for the answer.

    whom: the recipient for the log, in words that hold no address.
    """
    settings = get_settings()
    try:
        with _connected() as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(_written(to, subject, text), to_addrs=[to])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        logger.error(  # noqa: TRY400  # the server's words say it all
            "The mail “%s” to %s was not sent: %s:%s did not take it: %s",
            subject,
            whom,
            settings.smtp_host,
            settings.smtp_port,
            error,
        )
        return False
    logger.info("The mail “%s” to %s was sent.", subject, whom)
    return True


def _written(to: str, subject: str, text: str) -> EmailMessage:
    sender = get_settings().smtp_from
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _connected() -> smtplib.SMTP:
    """Return an open connection, encrypted as the settings want it; closed when that cannot be had."""
    settings = get_settings()
    place = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*place, timeout=SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
    except BaseException:
        server.close()
        raise
    return server
