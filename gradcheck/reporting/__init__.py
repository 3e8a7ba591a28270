"""What people are shown: tables on a terminal, JSON, a page of HTML."""
