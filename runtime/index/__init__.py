"""What model files a user has, by name and by every hash that infotexts call them by."""
