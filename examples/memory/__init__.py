"""Tasks that need a long memory, and recurrent networks with a hand-written backward that are trained on them."""
