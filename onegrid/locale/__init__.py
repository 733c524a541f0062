"""Translations: English sentences are the identities, Simplified Chinese the default."""
