"""Where stations and charging sheds should stand (S2, S60): asked, computed apart, read."""
