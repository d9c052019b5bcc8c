"""Registers as files: reading what an authority published, keeping what was imported."""
