"""JSON interface, version 1: bearer tokens with scopes, OpenAPI from types, errors as RFC 9457."""
