"""Django settings, all derived from the typed environment in `env.py`."""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from mengkeju.config.env import env, parts

ENV = env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = ENV.data_dir.resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = ENV.signing_key()
EVIDENCE_KEY = ENV.evidence_key
DEBUG = ENV.debug
DEMO = ENV.demo
NODE = ENV.node
REQUIRE_MFA = ENV.require_mfa
SITE_URL = ENV.site_url or f"http://{ENV.host}:{ENV.port}"
ALLOWED_HOSTS = parts(ENV.allowed_hosts) or ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "mengkeju.kernel",
    "mengkeju.directory",
    "mengkeju.search",
    "mengkeju.policy",
    "mengkeju.listings",
    "mengkeju.matching",
    "mengkeju.deals",
    "mengkeju.events",
    "mengkeju.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "mengkeju.kernel.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mengkeju.kernel.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mengkeju.kernel.web.middleware.ActorMiddleware",
    "mengkeju.kernel.web.middleware.RefusalMiddleware",
    "mengkeju.directory.web.second_factor.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "mengkeju.config.urls"
WSGI_APPLICATION = "mengkeju.config.wsgi.application"
FORM_RENDERER = "mengkeju.kernel.ui.FormRenderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["mengkeju.kernel.templatetags.mk"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mengkeju.kernel.ui.mk",
            ],
        },
    }
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "mengkeju.sqlite3",
    # IMMEDIATE: a transaction takes the write lock at its start instead of failing in the middle.
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    },
    # A file: an in-memory test database answers 500 under two writers.
    "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
}
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(ENV.database_url, conn_max_age=60) if ENV.database_url else SQLITE
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "mengkeju.directory.web.signup.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if DEMO:  # demo passwords are stored under a name that only a demo site knows
    PASSWORD_HASHERS = [
        "mengkeju.demo.passwords.DemoPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workbench"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SIGNUP_REDIRECT_URL = "directory-start"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_ADAPTER = "mengkeju.directory.web.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "mengkeju.directory.web.signup.SignupForm"
ACCOUNT_FORMS = {"login": "mengkeju.directory.web.signin.LoginForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # the name and the consent to the terms are asked here too
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # django-axes counts and locks
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "蒙科聚"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": ENV.oidc_name,
                    "client_id": ENV.oidc_id,
                    "secret": ENV.oidc_secret,
                    "settings": {"server_url": ENV.oidc_url},
                }
            ]
        }
    }
    if ENV.oidc_id
    else {}
)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "lockout.html"
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "mengkeju.directory.web.adapter.attempted_login"
AXES_HTTP_RESPONSE_CODE = 429

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
CSRF_TRUSTED_ORIGINS = [SITE_URL] if ENV.site_url else []
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": parts(ENV.frame_src) or [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
INDEX_DIR = DATA_DIR / "index"
MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Requests per minute; 0: the figure in kernel/api/limits.yaml.
API_LIMITS = {"anonymous": ENV.api_limit_anonymous, "token": ENV.api_limit_token}

WEBHOOK_PORTS = frozenset(int(port) for port in parts(ENV.webhook_ports))
WEBHOOK_LOOPBACK = ENV.webhook_loopback

# matching/actions/encoders.py; empty ENCODER: none.
ENCODER, ENCODER_MODEL = ENV.encoder, ENV.encoder_model
ENCODER_KEY, ENCODER_TIMEOUT = ENV.encoder_key, ENV.encoder_timeout
ENCODER_DIR = DATA_DIR / "encoder"

# policy/queries.py; empty: only the documents that are shipped.
POLICY_DIR = str(Path(ENV.policy_dir).resolve()) if ENV.policy_dir else ""

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
ACTOR_PROVIDER = "mengkeju.directory.actors.DirectoryActors"

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = ENV.email_from
if ENV.email_url:
    from mengkeju.config.mail import smtp_settings

    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS = smtp_settings(ENV.email_url)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"mengkeju": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
