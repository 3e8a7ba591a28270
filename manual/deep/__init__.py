"""Depth and width: layers on layers, both directions, sequences of unequal length."""
