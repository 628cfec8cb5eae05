"""Telling the devices of staff, through the push services of their browsers."""
