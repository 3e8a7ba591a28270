"""Layers without a state: embedding, activation, output layer, and two of them in a row."""
