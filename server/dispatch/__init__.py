"""The one way in for every change: known before, allowed, decided, committed, and then told."""
