"""Reports as people see them: tables for the terminal, JSON files, the HTML page."""
