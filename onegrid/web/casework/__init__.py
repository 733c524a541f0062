"""What desks and grid workers share: the page of a case, its panels, filters and points."""
