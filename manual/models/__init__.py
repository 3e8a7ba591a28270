"""Whole models, from token ids or vectors to the loss."""
