"""What else could explain an unusual month."""
