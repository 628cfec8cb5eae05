"""A ticket: what was asked, everything said about it, and where it stands."""
