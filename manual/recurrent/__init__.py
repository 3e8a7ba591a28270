"""Recurrent cells over a sequence: one state, one set of weights, every step."""
