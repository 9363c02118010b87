"""Public randomness: fetched from its mirrors, and believed only where the signature holds."""
