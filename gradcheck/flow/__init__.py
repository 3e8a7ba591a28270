"""How far gradients reach through a recurrent unit."""
