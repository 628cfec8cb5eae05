"""What is done after a commit, away from whoever waits for it: reactors, sweeper, timers."""
