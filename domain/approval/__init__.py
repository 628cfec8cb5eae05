"""What must be agreed to before anybody works on a ticket."""
