"""What a phone needs beyond the common API."""
