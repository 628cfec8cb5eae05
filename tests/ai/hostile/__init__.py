"""What people with bad intentions write, and what comes of it."""
