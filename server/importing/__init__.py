"""Articles from files: Markdown, HTML and CSV, from a folder or a zip, as often as one likes."""
