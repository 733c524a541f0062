"""Names of the files in ``var`` that only a demo county has."""

#: Ready logins, as `onegrid.demo.logins` returns them.
LOGINS = "demo-logins.json"
#: Secrets of the demo's authenticators: label, username, secret.
AUTHENTICATORS = "demo-authenticators.json"
#: Texts as they are filed with the SMS service, by code.
TEMPLATES = "demo-templates.json"
#: What arrived on the demo phone.
PHONE = "demo-phone.jsonl"
