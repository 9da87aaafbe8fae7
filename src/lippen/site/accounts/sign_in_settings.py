"""How sign-in is set up: what allauth is told. Sign-up is closed; people come in by invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings

SESSION_ENDS_AFTER: Final = timedelta(hours=8)
"""Nobody stays signed in longer than a working day."""

IDLE_ENDS_AFTER: Final = timedelta(minutes=30)
"""How long a session of somebody who can read about people may stand unused."""

SETTINGS: Final[dict[str, Any]] = {
    "ACCOUNT_ADAPTER": "lippen.site.accounts.adapter.SignIn",
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
    "ACCOUNT_SIGNUP_ENABLED": False,
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    "ACCOUNT_EMAIL_VERIFICATION": "none",  # a site may have no e-mail; the invitation is the check
    "ACCOUNT_SESSION_REMEMBER": False,
    "ACCOUNT_LOGIN_TIMEOUT": 600,
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": 600,
    "ACCOUNT_REAUTHENTICATION_METHODS": ["password", "mfa"],
    # `lock_out` counts failures in the database, for all processes and so that nobody can lock others out.
    "ACCOUNT_RATE_LIMITS": {
        "login": None,
        "login_failed": None,
        "reauthenticate": None,
        "change_password": None,
    },
    "ACCOUNT_FORMS": {
        "login": "lippen.site.accounts.sign_in_forms.SignInForm",
        "reauthenticate": "lippen.site.accounts.sign_in_forms.PasswordAgainForm",
        "change_password": "lippen.site.accounts.sign_in_forms.NewPasswordForm",
        "set_password": "lippen.site.accounts.sign_in_forms.FirstPasswordForm",
    },
    "MFA_ADAPTER": "lippen.site.accounts.adapter.SecondStep",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_WEBAUTHN_USER_VERIFICATION": "required",
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    "MFA_TOTP_TOLERANCE": 1,  # a phone's clock may be half a minute off
    "MFA_RATE_LIMITS": {"webauthn_login": None},  # a passkey cannot be guessed, and always works
    "MFA_FORMS": {
        "authenticate": "lippen.site.accounts.sign_in_forms.CodeForm",
        "reauthenticate": "lippen.site.accounts.sign_in_forms.CodeAgainForm",
        "activate_totp": "lippen.site.accounts.sign_in_forms.AppForm",
        "add_webauthn": "lippen.site.accounts.passkey_forms.NewPasskeyForm",
        "edit_webauthn": "lippen.site.accounts.passkey_forms.PasskeyNameForm",
        "authenticate_webauthn": "lippen.site.accounts.passkey_forms.PasskeyForm",
        "login_webauthn": "lippen.site.accounts.passkey_forms.PasskeySignInForm",
        "reauthenticate_webauthn": "lippen.site.accounts.passkey_forms.PasskeyAgainForm",
    },
}


def tell_allauth() -> None:
    """Called once, when Django starts: these settings belong to sign-in and to no workspace."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
