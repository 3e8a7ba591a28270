"""Recurrences that are linear in their state."""
