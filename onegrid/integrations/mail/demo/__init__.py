"""Two mail servers for the demo: what goes out is shown on a page, what is typed there comes in."""
