"""Why a bundle cannot be opened or written. Every message says what to do."""

from features.errors import ZhenweiError


class BundleError(ZhenweiError):
    """A bundle cannot be used. The message says what to do."""


class BundleMissing(BundleError):
    """A file of the bundle is not there."""


class BundleInvalid(BundleError):
    """A file of the bundle does not say what it should, or names what it must not."""


class BundleTampered(BundleError):
    """A file of the bundle is not the file that was trained."""


class BundleStale(BundleError):
    """The features or the knowledge changed since training."""


class BundleFromFuture(BundleError):
    """A newer version of this product wrote the bundle."""


class BundleBusy(BundleError):
    """Somebody else is writing a bundle at this place."""


class BundleUnwritten(BundleError):
    """The disk did not take the bundle. What stood there before still stands."""
