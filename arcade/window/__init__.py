"""The window: its loop, its stack of scenes, navigation and news."""
