"""The lab: NChain, and the four methods of its tutorial side by side."""
