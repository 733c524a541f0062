"""Every read of rosters and calls; the first argument is the viewer."""
