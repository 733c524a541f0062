"""``plan``: from files of a town to a plan of its grids and a report; needs no database."""
