"""What a fault looks like: the patterns that are known, and how they are matched."""
