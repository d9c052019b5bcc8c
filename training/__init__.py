"""Labelled takedowns -> a measured bundle; and the simulated market."""
