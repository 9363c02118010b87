"""The web: an API for moderators and programs, pages for everybody, and how the service is doing."""
