"""What only a person can mend."""


class Refused(Exception):
    """A command cannot do what it should; the text says why, and what to do about it."""
