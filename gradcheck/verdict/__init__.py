"""Results as data, of a case, of many cases and of a unit, and the message made from them."""
