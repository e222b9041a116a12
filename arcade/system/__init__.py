"""Operating-system interfaces: streams, signals, displays and the log file."""
