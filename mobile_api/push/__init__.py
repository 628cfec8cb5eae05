"""Web push as its standards have it: subscriptions, our key, and words that only a device reads."""
