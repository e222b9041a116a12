"""The lab's methods for NChain: Q tables and a Q network."""
