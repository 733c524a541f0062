"""E-mail as a channel: requests come in by IMAP, answers go out by SMTP; demo twin."""
