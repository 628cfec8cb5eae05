"""The demo company: its people, their stories and its help centre, as files people can read."""
