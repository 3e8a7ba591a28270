"""Tasks in forked processes that may loop, crash or run out of memory."""
