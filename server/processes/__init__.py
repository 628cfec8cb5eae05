"""The processes of one deployment on one machine: started in order, watched, stopped together."""
