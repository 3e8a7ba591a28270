"""What the units share; no unit is in this folder."""
