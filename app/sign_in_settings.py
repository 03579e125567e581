"""The settings that concern who gets in; `app.settings` reads them with all the others."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings


class SignInSettings(BaseSettings):
    """Sessions, mail and the identity provider."""

    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/?#\s]+)?$",
        validation_alias="CALMINER_PUBLIC_URL",
        description="Address of this installation as people type it, without a path; links in mails and in "
        "what the setup prints begin with it.",
    )
    insecure_cookies: bool = Field(
        default=False,
        validation_alias="CALMINER_INSECURE_COOKIES",
        description="Lets people sign in over plain HTTP, for development on one machine; "
        "production refuses it.",
    )
    session_idle_minutes: int = Field(
        default=720,
        ge=5,
        le=60 * 24 * 30,
        validation_alias="CALMINER_SESSION_IDLE_MINUTES",
        description="A browser that asked for nothing for so long has to sign in again [minutes].",
    )
    session_hours: int = Field(
        default=168,
        ge=1,
        le=24 * 90,
        validation_alias="CALMINER_SESSION_HOURS",
        description="A browser has to sign in again after so long in any case [hours].",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?\S*)?$",
        validation_alias="CALMINER_OIDC_ISSUER",
        description="Identity provider (OpenID Connect) through which people may sign in. "
        "Needs CALMINER_PUBLIC_URL.",
    )
    oidc_client_id: str = Field(
        default="", validation_alias="CALMINER_OIDC_CLIENT_ID", description="What CalMiner is called there."
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="CALMINER_OIDC_CLIENT_SECRET",
        description="What it proves itself with there.",
    )
    oidc_name: str = Field(
        default="your organisation",
        validation_alias="CALMINER_OIDC_NAME",
        description="What the sign-in page calls the provider.",
    )
    oidc_roles_claim: str = Field(
        default="groups",
        validation_alias="CALMINER_OIDC_ROLES_CLAIM",
        description="Claim of the provider that decides on roles.",
    )
    oidc_roles: str = Field(
        default="",
        pattern=r"^([^=,]+=(viewer|analyst|project_manager|administrator)(,|$))*$",
        validation_alias="CALMINER_OIDC_ROLES",
        description="Which of its values give which role at every sign-in, such as "
        "mine-planners=analyst,mine-admins=administrator; empty leaves roles to administrators.",
    )
    oidc_sign_up: bool = Field(
        default=False,
        validation_alias="CALMINER_OIDC_SIGN_UP",
        description="Gives an account to whoever the provider vouches for and who has none yet.",
    )
    sign_up: bool = Field(
        default=False,
        validation_alias="CALMINER_SIGN_UP",
        description="Lets whoever reaches the sign-in page open an account, confirmed by a link that is "
        "mailed. Needs CALMINER_SMTP_HOST and CALMINER_PUBLIC_URL.",
    )
    sign_up_role: Literal["none", "viewer", "analyst", "project_manager"] = Field(
        default="viewer",
        validation_alias="CALMINER_SIGN_UP_ROLE",
        description="What people who open their account so may do everywhere; none leaves them to the "
        "projects that take them as members. Administrators are made by administrators.",
    )
    sign_up_domains: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(,|$))*$",
        validation_alias="CALMINER_SIGN_UP_DOMAINS",
        description="Only for addresses at these domains, such as mine.example,mill.example; "
        "empty allows any.",
    )
    smtp_host: str = Field(
        default="",
        validation_alias="CALMINER_SMTP_HOST",
        description="Mail server for invitations and forgotten passwords; without one, administrators hand "
        "links over. Needs CALMINER_PUBLIC_URL.",
    )
    smtp_port: int = Field(
        default=587, ge=1, le=65535, validation_alias="CALMINER_SMTP_PORT", description="Its port."
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        validation_alias="CALMINER_SMTP_SECURITY",
        description="How the connection to it is encrypted.",
    )
    smtp_user: str = Field(
        default="",
        validation_alias="CALMINER_SMTP_USER",
        description="Account on it; empty sends without one.",
    )
    smtp_password: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="CALMINER_SMTP_PASSWORD",
        description="Password of that account.",
    )
    smtp_from: str = Field(
        default="calminer@localhost",
        pattern=r"^[^@\s]+@[^@\s]+$",
        validation_alias="CALMINER_SMTP_FROM",
        description="Address that its mails come from.",
    )

    @model_validator(mode="after")
    def _sign_up_can_be_confirmed(self) -> Self:
        if self.sign_up and not (self.smtp_host and self.public_url):
            raise ValueError(
                "CALMINER_SIGN_UP needs CALMINER_SMTP_HOST and CALMINER_PUBLIC_URL: without mail nobody can "
                "prove that an address is theirs. Administrators can invite people instead."
            )
        return self
