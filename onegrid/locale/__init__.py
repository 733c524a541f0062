"""Translations: English sentences are the identities, Simplified Chinese is the default language."""
