"""Ways to learn through time: truncation, forward in time (RTRL), checkpointing."""
