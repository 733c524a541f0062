"""Names of the files in ``var`` that only a demo county has."""

#: Ready logins, as `onegrid.demo.logins` returns them.
LOGINS = "demo-logins.json"
#: Secrets of the demo's authenticators: label, username, secret.
AUTHENTICATORS = "demo-authenticators.json"
#: Texts as they are filed with the SMS service, by code.
TEMPLATES = "demo-templates.json"
#: Books of the demo hotline.
HOTLINE = "demo-hotline.sqlite3"
#: Mails of the demo county.
MAIL = "demo-mail.jsonl"
#: What arrived on the demo phone.
PHONE = "demo-phone.jsonl"
#: What ``--reset`` removes; SQLite keeps two more files beside its own.
EVERY = (
    LOGINS,
    AUTHENTICATORS,
    PHONE,
    MAIL,
    HOTLINE,
    f"{HOTLINE}-wal",
    f"{HOTLINE}-shm",
)
