"""Adapters that make a unit of code with another interface, so that it can be judged without being rewritten."""

from .layer import adapt_layer
from .pair import adapt_pair
from .pytorch import adapt_torch
from .unit import Adapted

__all__ = ["Adapted", "adapt_layer", "adapt_pair", "adapt_torch"]
