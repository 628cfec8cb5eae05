"""Language models: one small interface, a process of our own, and servers of others."""
