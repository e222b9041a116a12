"""The window: its main loop, its stack of scenes, navigation and notices."""
