"""Features -> calibrated, explained decision."""
