"""Published tests as judges of the embedded store, run from where they are fetched."""
