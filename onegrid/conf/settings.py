"""All settings: one file, driven by ``ONEGRID_*`` variables (docs/operate/settings.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from onegrid.conf import env
from onegrid.conf.secrets import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("ONEGRID_VAR", str(BASE_DIR.parent / "var"), "folder for data and files"))

DEBUG = False
DEMO = env.flag("ONEGRID_DEMO", False, "demo county: shows the banner with the demo phone")
DEMO_PHONE_URL = env.text(
    "ONEGRID_DEMO_PHONE_URL", "", "address of the demo phone, shown in the demo banner"
)
DEMO_HOTLINE_URL = env.text(
    "ONEGRID_DEMO_HOTLINE_URL", "", "address of the demo hotline; used instead of the one set up"
)
HTTPS = env.flag("ONEGRID_HTTPS", False, "served over HTTPS: secure cookies, HSTS")
SECRET_KEY = env.text(
    "ONEGRID_SECRET_KEY", "", "signing key; empty: made once and kept in var/"
) or secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS = env.words(
    "ONEGRID_SECRET_KEY_FALLBACKS", "", "older signing keys, comma-separated"
)
ALLOWED_HOSTS = env.words(
    "ONEGRID_ALLOWED_HOSTS",
    "localhost,127.0.0.1,[::1]",
    "host names that are served, comma-separated",
)
CSRF_TRUSTED_ORIGINS = env.words(
    "ONEGRID_TRUSTED_ORIGINS", "", "origins in front of a proxy, comma-separated"
)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "onegrid.conf",
    "onegrid.accounts",
    "onegrid.audit",
    "onegrid.notices",
    "onegrid.grids",
    "onegrid.organisation",
    "onegrid.duties",
    "onegrid.cases",
    "onegrid.exchange",
    "onegrid.calls",
    "onegrid.estates",
    "onegrid.outreach",
    "onegrid.plans",
    "onegrid.reports",
    "onegrid.integrations.open311",
    "onegrid.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "onegrid.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "onegrid.api.shell.ProblemsOnly",
    "onegrid.api.open311.entry.StandardErrors",
    "onegrid.web.middleware.TenantTransaction",
    "onegrid.api.entry.ApiEntry",
    "onegrid.api.open311.entry.Open311Entry",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "onegrid.web.uploads.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "onegrid.web.middleware.ViewerMiddleware",
    "onegrid.web.gate.StaffGate",
    "onegrid.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "onegrid.conf.urls"
WSGI_APPLICATION = "onegrid.conf.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "onegrid.web.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

_DATABASE_URL = env.text(
    "ONEGRID_DATABASE_URL",
    "postgresql:///onegrid?user=onegrid_app",
    "PostgreSQL >= 15 for web and worker (libpq URL)",
)
_OWNER_URL = env.text(
    "ONEGRID_DATABASE_OWNER_URL", "", "the same database as the owner of the tables, for migrations"
)


def _database(url: str) -> dict[str, Any]:
    """Turn a libpq URL into Django's words."""
    given = conninfo_to_dict(url)
    named = {
        "NAME": given.pop("dbname", ""),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": str(given.pop("port", "")),
    }
    return {**named, "OPTIONS": dict(given)}


DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database(_DATABASE_URL),
        "ENGINE": "onegrid.common.tenancy.backend",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
#: libpq words that replace the ones above while `as_owner` is active.
DATABASE_OWNER: dict[str, Any] = {
    key: value
    for key, value in (conninfo_to_dict(_OWNER_URL) if _OWNER_URL else {}).items()
    if key != "dbname"
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "onegrid_cache",
    }
}

# -- people who sign in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "phone")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "onegrid.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "onegrid.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_account": "100/h/key",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number(
    "ONEGRID_PROXIES", 0, "reverse proxies in front that set X-Forwarded-For"
)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Onegrid"
MFA_ADAPTER = "onegrid.accounts.adapters.MfaAdapter"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
STAFF_MFA_REQUIRED = env.flag("ONEGRID_STAFF_MFA", True, "staff must show a second factor")
_OIDC_SERVER = env.text("ONEGRID_OIDC_SERVER", "", "OpenID Connect issuer for staff; empty: off")
_OIDC_NAME = env.text("ONEGRID_OIDC_NAME", "OpenID", "name on the sign-in button")
_OIDC_CLIENT = env.text("ONEGRID_OIDC_CLIENT_ID", "", "client id at the issuer")
_OIDC_SECRET = env.text("ONEGRID_OIDC_SECRET", "", "client secret at the issuer")
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "county",
                "name": _OIDC_NAME,
                "client_id": _OIDC_CLIENT,
                "secret": _OIDC_SECRET,
                "settings": {"server_url": _OIDC_SERVER},
            }
        ]
        if _OIDC_SERVER
        else [],
    }
}
OIDC_ENABLED = bool(_OIDC_SERVER)
if OIDC_ENABLED:
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
OIDC_CLAIM = env.text(
    "ONEGRID_OIDC_CLAIM",
    "preferred_username",
    "claim that holds the user name here; the issuer must ask for a second factor itself",
)
SOCIALACCOUNT_STORE_TOKENS = False

# -- sessions, cookies, headers -------------------------------------------------------------------
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}session"
SESSION_ENGINE = "onegrid.accounts.session_store"
STAFF_IDLE_MINUTES = env.number(
    "ONEGRID_STAFF_IDLE_MINUTES", 30, "minutes without a click until staff must sign in again"
)
STAFF_SESSION_HOURS = env.number(
    "ONEGRID_SESSION_HOURS", 12, "hours until staff must sign in again in any case"
)
RESIDENT_IDLE_DAYS = env.number(
    "ONEGRID_RESIDENT_IDLE_DAYS", 30, "days without a visit until residents must sign in again"
)
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "onegrid.web.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{_PREFIX}language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *([_OIDC_SERVER] if _OIDC_SERVER else [])],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "onegrid.web.uploads.DropOversized",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 12

# -- interface ------------------------------------------------------------------------------------
API_OPEN_PER_MINUTE = env.number(
    "ONEGRID_API_OPEN_PER_MINUTE",
    600,
    "most cases a token opens in a minute, per web process; 0: no limit",
)
OPEN311_PER_MINUTE = env.number(
    "ONEGRID_OPEN311_PER_MINUTE",
    600,
    "most Open311 calls of one address of the net in a minute, per web process; 0: no limit",
)

# -- languages, time ------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# -- files ----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "onegrid.web.storage.HashedStaticFiles"},
}
WHITENOISE_MAX_AGE = 60
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
MEDIA_ROOT = VAR_DIR / "files"

# -- jobs, messages -------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
SMS_ENDPOINT = env.text(
    "ONEGRID_SMS_ENDPOINT", "https://dysmsapi.aliyuncs.com", "address of the SMS service"
)
SMS_ACCESS_KEY = env.text("ONEGRID_SMS_ACCESS_KEY", "", "access key id of the SMS service")
SMS_ACCESS_SECRET = env.text(
    "ONEGRID_SMS_ACCESS_SECRET", "", "access key secret of the SMS service"
)
SMS_SIGN_NAME = env.text(
    "ONEGRID_SMS_SIGN_NAME", "昌乐网格", "signature that the SMS service puts in front"
)
SMS_ALLOWED_HOSTS = env.words(
    "ONEGRID_SMS_ALLOWED_HOSTS", "dysmsapi.aliyuncs.com", "hosts that may be called for SMS"
)
SMS_TEMPLATES = env.words(
    "ONEGRID_SMS_TEMPLATES",
    "",
    "template codes of the SMS service, e.g. login_code:zh-hans=SMS_100,login_code:en=SMS_101",
)
SMS_GATEWAY = "onegrid.integrations.sms.adapter.from_settings"
MAIL_GATEWAY = "onegrid.integrations.mail.notices.from_settings"
SMS_DAY_CAP = env.number(
    "ONEGRID_SMS_DAY_CAP", 20_000, "most sign-in codes a county sends in a day"
)

# -- other systems --------------------------------------------------------------------------------
EXCHANGE_CARRIERS = {
    "hotline12345": "onegrid.integrations.hotline12345.adapter.from_settings",
    "email": "onegrid.integrations.mail.adapter.from_settings",
}
EXCHANGE_FETCHERS = {"email": "onegrid.integrations.mail.adapter.fetcher_from_settings"}
HOOK_CALLER = "onegrid.integrations.hooks.from_settings"
PRIVATE_HOSTS = env.words(
    "ONEGRID_PRIVATE_HOSTS",
    "",
    "host names at private addresses that the exchange and web hooks may call, comma-separated",
)
EXCHANGE_PER_MINUTE = env.number(
    "ONEGRID_EXCHANGE_PER_MINUTE",
    3000,
    "most messages of another system in a minute, per web process; 0: no limit",
)
MAIL_IMAP = env.text(
    "ONEGRID_MAIL_IMAP", "", "inbox read for requests: imaps://host:port/folder; empty: off"
)
MAIL_SMTP = env.text(
    "ONEGRID_MAIL_SMTP", "", "server that mail goes out by: smtps:// or smtp+starttls://host:port"
)
MAIL_USER = env.text("ONEGRID_MAIL_USER", "", "user name at both mail servers")
MAIL_PASSWORD = env.text("ONEGRID_MAIL_PASSWORD", "", "password at both mail servers")
MAIL_FROM = env.text("ONEGRID_MAIL_FROM", "", "address that mail comes from")
MAIL_COUNTY = env.number("ONEGRID_MAIL_COUNTY", 0, "county whose inbox it is; 0: the only one")
DEFAULT_TENANT = env.number(
    "ONEGRID_DEFAULT_COUNTY", 0, "county served at addresses no county claims; 0: the only one"
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # httpx names whole addresses at INFO; those of text messages carry phone numbers.
    "loggers": {"httpx": {"level": "WARNING"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.text("ONEGRID_LOG_LEVEL", "WARNING", "log level"),
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
