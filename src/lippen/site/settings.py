"""Django's settings, from the workspace that LIPPEN_WORKSPACE names."""

from __future__ import annotations

import os
from pathlib import Path

from lippen.site.configuration import WORKSPACE_VARIABLE, database_settings, read_configuration
from lippen.site.configuration_error import ConfigurationError
from lippen.site.keys import read_keys

_workspace = os.environ.get(WORKSPACE_VARIABLE)
if _workspace is None:
    raise ConfigurationError(
        f"{WORKSPACE_VARIABLE} is not set, so the site has no workspace",
        remedy="Use lippen serve --workspace DIR, which sets it.",
    )

CONFIGURATION = read_configuration(Path(_workspace))
KEYS = read_keys(CONFIGURATION.keys)

SECRET_KEY = KEYS.session.reveal().hex()
DEBUG = False

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *CONFIGURATION.hosts]
CSRF_TRUSTED_ORIGINS = list(CONFIGURATION.origins)

# Cookies say "only over HTTPS" as soon as one origin is https, and then their names bind them to this host.
# Browsers take such cookies at http://localhost as well, and Tor Browser at an onion address. A site that has
# an onion address and nothing else leaves both out: other browsers that go through Tor would refuse the
# cookie and let nobody in, and Tor itself encrypts all the way to the one host that holds the address's key.
_HTTPS = any(origin.startswith("https://") for origin in CONFIGURATION.origins)
_BOUND = "__Host-" if _HTTPS else ""

INSTALLED_APPS = [
    "lippen.site.form",
    "lippen.site.accounts",
    "lippen.site.register",
    "lippen.site.insight",
    "lippen.site.trade",
    "lippen.site.desk",
    "lippen.site.sightings",
    "lippen.site.operation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "lippen.site.form.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lippen.site.accounts.middleware.WhoActs",
]

ROOT_URLCONF = "lippen.site.urls"
WSGI_APPLICATION = "lippen.site.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lippen.site.form.context.page",
            ],
            "builtins": ["lippen.site.form.templatetags.form"],
        },
    }
]

FORM_RENDERER = "lippen.site.form.rendering.FormRenderer"

DATABASES = {"default": database_settings(CONFIGURATION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = CONFIGURATION.time_zone  # of pages and of what is today; what is stored is UTC
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from the packages themselves: nothing to collect, nothing to go stale
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a message can hold a name
SESSION_ENGINE = "lippen.site.accounts.sessions"
SESSION_COOKIE_NAME = f"{_BOUND}lippen-session"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_NAME = f"{_BOUND}lippen-form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_FAILURE_VIEW = "lippen.site.form.views.form_expired"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # with less a browser sends no origin with a form, and it is refused
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A page that takes files brings a handler of its own, after it has seen who sends them; no other takes any.
FILE_UPLOAD_HANDLERS = ["lippen.site.form.no_files.NoFiles"]

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# For so many seconds a mail program may say nothing before a letter is given up: a slow one has time to say
# that it took it. It can be as slow at each step of a letter; other jobs wait for one letter at most, since
# letters come last in the queue.
EMAIL_TIMEOUT = 60
DEFAULT_FROM_EMAIL = CONFIGURATION.mail_from or "nobody@localhost"

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

if CONFIGURATION.keep_register_months is not None:
    REGISTER_KEEP_MONTHS = CONFIGURATION.keep_register_months

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Written where the process writes; nothing of a request's content and no address is in it (see the room). A
# page that was refused or is not there is not worth a line: it can be had by anybody as often as they like.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without addresses": {"()": "lippen.site.operation.logs.WithoutAddresses"}},
    "formatters": {
        "plain": {
            "()": "lippen.site.operation.logs.WithoutContent",
            "format": "%(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["without addresses"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},  # a wrong Host is one of these, and comes with a trace
    },
}
