"""The program: settings, data folder, command line, start and stop."""
