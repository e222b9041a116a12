"""The system around the program: its streams, signals and displays."""
