"""Pages of imported layers, of their overlay, and of siting."""
