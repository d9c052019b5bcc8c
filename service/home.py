"""The home folder: what the service keeps when nobody names another place."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from service.settings import Settings, SettingsInvalid

if TYPE_CHECKING:
    from service.ledger.ledger import Ledger

LOG = logging.getLogger("zhenwei")
_LEDGER = "ledger.sqlite3"


def folder(settings: Settings) -> Path:
    """Return the home folder, made when it is not there; nobody else may look inside. Raises SettingsInvalid."""
    try:
        home = settings.home.expanduser().absolute()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise SettingsInvalid(f"ZHENWEI_HOME={settings.home}: cannot be made ({error}); name another folder") from error
    return home


def ledger(settings: Settings) -> "Ledger | None":
    """Open the ledger that the settings name; None when it is off. Raises SettingsInvalid when it cannot be opened.

    A ledger that is not required may be away: it is opened when it comes back.
    """
    if settings.ledger_url == "off":
        return None
    from service.ledger.database import LedgerAway  # noqa: PLC0415 - SQLAlchemy takes a third of a second
    from service.ledger.ledger import Ledger  # noqa: PLC0415

    url = f"sqlite:///{folder(settings) / _LEDGER}" if settings.ledger_url == "sqlite" else settings.ledger_url
    opened = Ledger(url)
    try:
        opened.open()
    except LedgerAway as error:
        if settings.ledger_required:
            opened.close()
            raise SettingsInvalid(
                f"the ledger cannot be opened ({error.cause}); see that the database of ZHENWEI_LEDGER_URL runs and "
                "may be written, or that ZHENWEI_HOME is a folder with room"
            ) from error
        LOG.warning("ledger away")
    return opened


def required_ledger(settings: Settings) -> "Ledger":
    """Open the ledger for a command that is about nothing else. Raises SettingsInvalid when it is off or away."""
    opened = ledger(settings.model_copy(update={"ledger_required": True}))
    if opened is None:
        raise SettingsInvalid("ZHENWEI_LEDGER_URL=off: there is no ledger; name one, or leave the variable out")
    return opened
