"""The games: rules on arrays with a batch axis, and views that draw them. Rules need numpy alone."""
