"""Official clients, which judge what the simulator speaks."""
