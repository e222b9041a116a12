"""Sound: computed effects and music, and the loudspeaker."""
