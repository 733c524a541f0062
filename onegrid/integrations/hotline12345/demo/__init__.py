"""The hotline's twin: a real service with books of its own, and orders to misbehave."""
