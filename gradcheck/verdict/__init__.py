"""What was found, as data and as a message."""
