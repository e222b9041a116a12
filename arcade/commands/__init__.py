"""The commands of the command line, one module each; see `arcade.commands.cli`."""
