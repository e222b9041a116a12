"""The lab's ways to learn NChain: tables and a network."""
