"""Names that the rooms of leads share."""

CONTACT = "contact.off_platform"
"""The rule whose evidence is a handle."""
