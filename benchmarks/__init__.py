"""What the results table of the README was made with. Run as modules from the project folder."""
