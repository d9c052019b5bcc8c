"""What a bundle promises: at most so many honest listings reach a level."""

from models.manifest import Manifest


def promised(manifest: Manifest) -> dict[str, dict[str, float]]:
    """Head -> level -> false-positive rate: the one that was asked for, else what the calibration slice showed."""
    return {
        head: {
            "high": at.high_fpr if at.high_asked is None else at.high_asked,
            "medium": at.medium_fpr if at.medium_asked is None else at.medium_asked,
        }
        for head, at in manifest.thresholds.items()
    }
