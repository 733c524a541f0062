"""Work orders exchanged with the hotline 12345: schema, signature, client, entry, demo twin."""
