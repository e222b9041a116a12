"""The toolkit of all screens: theme, scenes, focus, widgets, charts."""
