"""Django's settings, read once from ``bihuan.toml`` and the environment by ``ground.settings``."""

from pathlib import Path

from bihuan.config.databases import connection_settings
from bihuan.ground.settings import load

HERE = Path(__file__).resolve().parent.parent
SITE = load()

DATA = SITE.data
SECRET_KEY = SITE.secret_key
DEBUG = SITE.debug
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", SITE.host, *SITE.hosts]
PROXIES = SITE.proxies
# visitors come by https, whatever reaches this process
HTTPS = SITE.secure
METRICS_FROM = SITE.metrics_from
DISK_RESERVE_MEGABYTES = SITE.disk_reserve_megabytes
USE_TZ = True
TIME_ZONE = SITE.zone
LANGUAGE_CODE = {"zh": "zh-hans", "en": "en"}[SITE.language]
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "layout" / "locale"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_htmx",
    "procrastinate.contrib.django",
    "bihuan.layout",
    "bihuan.files",
    "bihuan.journal",
    "bihuan.people",
    "bihuan.people.messages",
    "bihuan.registers.calendars",
    "bihuan.registers.outlets",
    "bihuan.registers.documents",
    "bihuan.registers.customers",
    "bihuan.registers.products",
    "bihuan.registers.warranty",
    "bihuan.registers.visits",
    "bihuan.registers.slips",
    "bihuan.registers.charges",
    "bihuan.registers.surveys",
    "bihuan.casework",
    "bihuan.casework.paper",
    "bihuan.casework.countersigning",
    "bihuan.casework.privacy",
    "bihuan.config.keeping",
    "bihuan.casework.audit",
    "bihuan.casework.authoring",
    "bihuan.measures",
]
AUTH_USER_MODEL = "people.Person"
MIDDLEWARE = [
    "bihuan.config.proxies.TrustedProxies",
    "bihuan.config.metrics.Counting",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bihuan.layout.cookies.HostCookies",
    "bihuan.layout.policy.ContentPolicy",
    "bihuan.journal.origin.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bihuan.layout.language.LanguageMiddleware",
    "bihuan.config.shortage.Shortage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bihuan.people.sessions.SessionLimits",
    "bihuan.people.rates.Rates",
    "bihuan.people.scope.ScopeWall",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bihuan.layout.errors.NamedErrors",
]
ROOT_URLCONF = "bihuan.config.urls"
WSGI_APPLICATION = "bihuan.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bihuan.layout.context.frame",
            ],
        },
    }
]
DATABASES = {"default": {**connection_settings(SITE.database_url), "ENGINE": "bihuan.config.postgres"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
SESSION_COOKIE_NAME = "bihuan_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_MINUTES = SITE.session_idle_minutes
SESSION_ABSOLUTE_MINUTES = SITE.session_absolute_minutes
# "required" for administrators and whoever signs, or only "offered" to everybody
SECOND_FACTOR = SITE.second_factor
# the organisation's own sign-in; all of it set, or there is none
OIDC = {
    "name": SITE.oidc_name,
    "issuer": SITE.oidc_issuer,
    "client": SITE.oidc_client,
    "secret": SITE.oidc_secret,
}
CSRF_COOKIE_SAMESITE = "Lax"
# scripts take the token from the page
CSRF_COOKIE_HTTPONLY = True
API_PER_MINUTE = SITE.api_per_minute
COSTLY_PER_MINUTE = SITE.costly_per_minute
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "name_en", "email")},
    },
    {"NAME": "bihuan.people.passwords.NotCommonHere"},
    {"NAME": "bihuan.people.passwords.NotTheName"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "bihuan.files.receiving.Capped",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# at most so many megabytes of each kind; where clamd listens ("" = there is none)
FILES = {
    "picture": SITE.picture_megabytes,
    "document": SITE.document_megabytes,
    "text": SITE.document_megabytes,
    "recording": SITE.recording_megabytes,
    "scanner": SITE.scanner,
}
# who may see a file, told by the room that knows what it belongs to
FILE_RIGHTS = "bihuan.casework.attachments.may_see"
FILE_RECORDINGS = "bihuan.casework.privacy.recordings"
CSRF_FAILURE_VIEW = "bihuan.layout.errors.forged"
MENU = "bihuan.config.menu.menu"
BAR = "bihuan.config.menu.bar"
# what every page says at its top while it lasts
NOTICES = "bihuan.config.watching.notices"
# what the administrator's home says of backups and drills
SITE_FACTS = "bihuan.config.site_facts.facts"
# who may merge customers, set terms, see whole telephone numbers: a matter of interface roles
REGISTER_RIGHTS = "bihuan.casework.rights"
LETTERS_FOLDER = DATA / "letters"
# the account mail goes out by, as apprise writes it: mailtos://user:password@host?from=…
MAIL_ADDRESS = SITE.mail_address
# who gets the daily digest of the book by mail
DIGEST_MAIL = SITE.digest_mail

# one line per event on standard error; what somebody typed never goes into it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "bihuan.config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "bihuan": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "procrastinate": {"level": "WARNING"},
        # Django would repeat whole addresses; ``layout.errors`` says the same with a number and without them
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
