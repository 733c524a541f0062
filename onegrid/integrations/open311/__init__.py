"""Open311 GeoReport v2 as a client: take requests of other cities in, hand cases over to them."""
