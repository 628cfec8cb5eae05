"""`make load`: people at a running deployment, who check everything that they are told."""
