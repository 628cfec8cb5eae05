"""How supervisors take part in what others do."""
