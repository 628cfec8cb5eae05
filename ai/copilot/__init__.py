"""Help for an agent who writes: drafts and summaries, never sent by themselves."""
