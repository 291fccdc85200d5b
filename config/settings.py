"""One settings file. With no environment it refuses to start; `make demo` and the tests bring their own."""

import logging
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = environment.read.bool("DEBUG", default=False)
DEMO = environment.read.bool("DEMO", default=False)
TESTING = environment.read.bool("TESTING", default=False)
IS_PRODUCTION = not (DEBUG or DEMO or TESTING)
DATA_DIR = environment.data_directory(BASE_DIR / "var")

SECRET_KEY = environment.demo_key(DATA_DIR) if DEMO else environment.secret_key(is_production=IS_PRODUCTION)
SECRET_KEY_FALLBACKS = environment.secret_key_fallbacks(is_production=IS_PRODUCTION)
ALLOWED_HOSTS = environment.allowed_hosts(is_production=IS_PRODUCTION)
SITE_URL = environment.site_url("https://" + ALLOWED_HOSTS[0].lstrip(".") if IS_PRODUCTION else "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "accounts",
    "outbox",
    "reinforcement",
    "dashboards",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "dashboards.health.requests.RequestMetricsMiddleware",
    "config.middleware.MachineHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.signin.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.MemberMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.FormAddressMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.homes.context.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": environment.database(DATA_DIR)}
# The tests' database may be elsewhere: it is made for them and thrown away.
environment.refuse_open_doors(
    {"DEBUG": DEBUG, "DEMO": DEMO, "TESTING": TESTING}, ALLOWED_HOSTS, "" if TESTING else DATABASES["default"]["HOST"]
)
# SQLite ignores the extra columns of covering indexes, which PostgreSQL uses.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}
SESSION_ENGINE = "accounts.signin.session_store"

# People sign in by e-mail address, with a password or with a code that is sent by mail.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.signin.backend.MembershipBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email"]}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.signin.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# As long as its mail may take: a code that ended before its mail was read makes people ask for a second one.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# Sign-in limits count per address of the net: the one that the nearest proxy saw, never one that a visitor wrote.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.trusted_proxy_count(1 if IS_PRODUCTION else 0)

# Content security policy: nothing inline, nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_HTTPONLY = True
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(environment.read.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = environment.storage_directory(DATA_DIR)
# Source maps are for developers and are asked for by nobody else: compressing them takes half a minute.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "zip", "gz", "br", "woff", "woff2", "map"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG or TESTING else "config.static.CompressedHashedFiles"
    },
}

vars().update({name: value for name, value in environment.email().items() if name.startswith("EMAIL_")})
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.read.str("DEFAULT_FROM_EMAIL", default="Feedforward <feedforward@localhost>")

# Celery: rows in the database say what is owed; the broker only wakes workers (docs/decisions/0003).
REDIS_URL = environment.redis_url()
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "global_keyprefix": environment.read.str("BROKER_PREFIX", default="feedforward:"),
        "visibility_timeout": 300,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # A worker leaves a silent connection after at most twice this time.
        "health_check_interval": 10,
    }
else:
    BROKER_DIR = DATA_DIR / "broker"
    for folder in ("queue", "processed", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker never gives up on its broker; by default it would leave after a hundred tries.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = 10
JOB_SWEEP_SECONDS = 2
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
# Written with each tick, so that the age of the file says whether beat is alive.
CELERY_BEAT_SYNC_EVERY = 1
# A lost tick costs minutes: each tick asks the database what is owed and may run any number of times.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "outbox.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "sweep_jobs": {"task": "outbox.tasks.sweep_jobs", "schedule": JOB_SWEEP_SECONDS, "options": {"expires": JOB_SWEEP_SECONDS}},
    "prepare_daily_sets": {
        "task": "reinforcement.tasks.prepare_daily_sets",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
    "count_option_shares": {
        "task": "reinforcement.tasks.count_option_shares",
        "schedule": crontab(minute="17"),
        "options": {"expires": 3000},
    },
    "count_results": {
        "task": "reinforcement.tasks.count_results",
        "schedule": crontab(minute="27"),
        "options": {"expires": 3000},
    },
    "count_easiness": {
        "task": "reinforcement.tasks.count_easiness",
        "schedule": crontab(hour="1", minute="7"),
        "options": {"expires": 3000},
    },
    # After the easiness. A lost tick is made good by the next: a night's fits are owed once.
    "owe_fits": {
        "task": "reinforcement.tasks.owe_fits",
        "schedule": crontab(hour="2-4", minute="17"),
        "options": {"expires": 3000},
    },
    "count_reliability": {
        "task": "reinforcement.tasks.count_reliability",
        "schedule": crontab(hour="1", minute="47"),
        "options": {"expires": 3000},
    },
    # After the questions are counted, and each night anew: without practice it falls. A lost tick is made good by the next.
    "owe_proficiency": {
        "task": "reinforcement.tasks.owe_proficiency",
        "schedule": crontab(hour="1-3", minute="57"),
        "options": {"expires": 3000},
    },
    "count_comparisons": {
        "task": "reinforcement.tasks.count_comparisons",
        "schedule": crontab(hour="1", minute="37"),
        "options": {"expires": 3000},
    },
    "publish_figures": {
        "task": "reinforcement.tasks.publish_figures",
        "schedule": crontab(minute="37"),
        "options": {"expires": 3000},
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.IsMember"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.paging.CursorPaging",
    "PAGE_SIZE": 50,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsing.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.MemberThrottle", "accounts.api.throttling.AnonymousThrottle"],
    # Else a visitor could pass for many by writing other addresses into the header.
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "DEFAULT_THROTTLE_RATES": {"member": "600/min", "anonymous": "30/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.api.errors.one_error_shape",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Feedforward",
    "DESCRIPTION": "The same services and the same access rule as the pages.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ProgramStateEnum": "reinforcement.programs.models.Program.State",
        "OptionStateEnum": "reinforcement.questions.kinds.choice.State",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "accounts.api.schema.document_errors"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.log_level()},
    # Django's own handlers would send errors by mail, with the request in them.
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}
# A line that cannot be written is told with its whole record, also to who reads the log: it may say what somebody wrote.
logging.raiseExceptions = not IS_PRODUCTION
METRICS_TOKEN = environment.metrics_token()
