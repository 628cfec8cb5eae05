"""The servers that are measured side by side: ours, and those it is compared with.

All speak the same events and let in by the same tokens, so that one generator serves for all. Each
prints `ready <port>` when it listens.
"""
