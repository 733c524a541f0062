"""Headline figures, each made by one command; ``python -m benchmarks`` runs them all."""
