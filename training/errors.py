"""What can go wrong while learning."""

from features.errors import ZhenweiError


class TrainingError(ZhenweiError):
    """The takedowns cannot be read or learned from. The message says what to do."""
