"""Following the calendars that people's leave stands in: fetched carefully, read apart."""
