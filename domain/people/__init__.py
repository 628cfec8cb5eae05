"""Who works here: users, their roles, teams and skills."""
