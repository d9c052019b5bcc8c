"""The home folder: what the service keeps when nobody names another place."""

import gc
import logging
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from models import STARTER
from service.settings import Settings, SettingsInvalid

if TYPE_CHECKING:
    from models import Screener
    from models.registers import Registers
    from service.access import KeyRing
    from service.bundles import BundleStore
    from service.jobs.jobs import Jobs
    from service.ledger.ledger import Ledger, Rows
    from service.online.online import Online
    from service.registers.store import RegisterStore

_Read = TypeVar("_Read")
LOG = logging.getLogger("zhenwei")
_LEDGER, _BUNDLES, _JOBS, _SECRET = "ledger.sqlite3", "bundles", "jobs", "console.secret"
_ENDED = "console.ended"
_SEAL, _WEBHOOKS = "online.secret", "webhook.secret"
_REGISTERS = "registers"


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


def keys(settings: Settings, ledger: "Ledger | None") -> "KeyRing":
    """Read the access keys. Raises SettingsInvalid where others could ask and there is none that works."""
    from service.access import KeyRing  # noqa: PLC0415 - heavy, see service.cli

    ring = KeyRing.read(ledger)
    if not settings.on_loopback and not ring.usable:
        raise SettingsInvalid(
            f"ZHENWEI_HOST={settings.host}: there are no access keys yet that work, and others could ask; make "
            "one with `zhenwei key create --name WHO --scope score`, or listen on 127.0.0.1"
        )
    return ring


def console_secret(settings: Settings) -> bytes:
    """Return what signs the console's cookies. Where it cannot be kept, sessions end with the process."""
    return _kept_secret(settings, _SECRET)


def ended_sessions(settings: Settings) -> Path | None:
    """Where the console keeps which sessions were ended; None where nothing can be kept."""
    try:
        return folder(settings) / _ENDED
    except SettingsInvalid:
        return None


def webhook_secret(settings: Settings) -> bytes:
    """Return what the secrets of webhooks follow from; copy its file wherever their ledger goes.

    Raises SettingsInvalid where it cannot be kept.
    """
    try:
        return _secret_in(folder(settings) / _WEBHOOKS)
    except OSError as error:
        raise SettingsInvalid(f"ZHENWEI_HOME={settings.home} cannot be written ({error}); name another") from error


def _kept_secret(settings: Settings, name: str) -> bytes:
    """Return random bytes that stay the same in every worker, or, where they cannot be kept, fresh ones."""
    try:
        return _secret_in(folder(settings) / name)
    except (OSError, SettingsInvalid):
        LOG.warning("secret not kept: it ends with the process", extra={"told": {"name": name}})
        return secrets.token_bytes(32)


def _secret_in(path: Path) -> bytes:
    """Return the random bytes of a file that nobody else reads; made when it is not there. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as aside:  # made with mode 0600
        aside.write(secrets.token_bytes(32))
        aside.flush()
        with suppress(FileExistsError):  # another worker was first
            os.link(aside.name, path)
    return path.read_bytes()


def online(settings: Settings) -> "Online":
    """Connect to Redis, which may be away: then it is used when it comes back. Raises SettingsInvalid."""
    from service.online.online import Online  # noqa: PLC0415 - fakeredis takes a fifth of a second

    if settings.redis_url == "memory://" and settings.workers > 1:
        LOG.warning(
            "each worker remembers alone",
            extra={"told": {"why": "ZHENWEI_REDIS_URL=memory://", "workers": settings.workers}},
        )
    try:
        seconds = settings.redis_timeout_ms / 1000
        secret = _kept_secret(settings, _SEAL)
        return Online(settings.redis_url, settings.redis_prefix, seconds, secret, cached_s=settings.cache_s)
    except ValueError as error:  # redis-py reads the URL when it connects
        raise SettingsInvalid(f"ZHENWEI_REDIS_URL cannot be read ({error}); write redis://user@host:6379/0") from error


def bundles(settings: Settings) -> "BundleStore":
    """Return the store of bundles that were active."""
    from service.bundles import BundleStore  # noqa: PLC0415 - heavy, see service.cli

    return BundleStore(folder(settings) / _BUNDLES)


def bundle(settings: Settings) -> Path:
    """Return the bundle to answer with: the one that was named, else the active one, else the one that ships.

    Raises SettingsInvalid when the ledger cannot say which is active, BundleError when it is not kept here.
    """
    if settings.bundle is not None:
        return settings.bundle

    def active(view: "Rows") -> Path:
        from service.ledger import activations  # noqa: PLC0415 - heavy, see service.cli

        return bundles(settings).find(activations.active(activations.history(view)))

    return _recorded(settings, active, "the bundle that ships answers") or STARTER


def bundle_of(settings: Settings, bundle: str | None) -> Path:
    """Return the bundle a job was sent for, whatever was activated since. Raises BundleError."""
    if bundle is None:
        return settings.bundle or STARTER
    return bundles(settings).find(bundle)


def jobs(settings: Settings, ledger: "Ledger") -> "Jobs":
    """Return the desk of the jobs whose files are kept here."""
    from service.jobs.folder import Shelf  # noqa: PLC0415 - heavy, see service.cli
    from service.jobs.jobs import Jobs, Limits  # noqa: PLC0415
    from service.ledger import activations  # noqa: PLC0415

    def active(view: "Rows") -> str | None:
        return None if settings.bundle else activations.active(activations.history(view))

    limits = Limits(settings.max_job_bytes, settings.max_jobs, settings.max_kept_bytes)
    return Jobs(ledger, Shelf(settings.home.expanduser().absolute() / _JOBS), limits, active)


def registers_store(settings: Settings) -> "RegisterStore":
    """Return the store of registers that were imported."""
    from service.registers.store import RegisterStore  # noqa: PLC0415 - heavy, see service.cli

    return RegisterStore(folder(settings) / _REGISTERS)


def registers(settings: Settings) -> "Registers":
    """Open the registers that stand. Raises SettingsInvalid, RegisterInvalid.

    A ledger that is not required may be away: then none is asked, and every answer says so by naming none.
    """
    from models.registers import NO_REGISTERS, Registers  # noqa: PLC0415 - heavy, see service.cli

    def standing(view: "Rows") -> "Registers":
        from service.ledger import registers as recorded  # noqa: PLC0415

        store = registers_store(settings)
        return Registers({kind: store.open(one) for kind, one in recorded.standing(recorded.kept(view)).items()})

    return _recorded(settings, standing, "no register is asked") or NO_REGISTERS


def screener(settings: Settings) -> "Screener":
    """Open the bundle and the registers that answer. Raises ZhenweiError, saying what to do."""
    from models import Screener, open_bundle  # noqa: PLC0415 - heavy, see service.cli

    return Screener(open_bundle(bundle(settings)), registers=registers(settings))


def lasting_screener(settings: Settings) -> "Screener":
    """Open what answers until this process ends. Raises ZhenweiError, saying what to do.

    The collector never walks bundle and knowledge again, which would cost a screening 7 % of its time.
    """
    opened = screener(settings)
    gc.collect()
    gc.freeze()
    return opened


def _recorded(settings: Settings, read: "Callable[[Rows], _Read]", meanwhile: str) -> "_Read | None":
    """Read from the ledger; None where there is none yet, or where it is away and need not be there.

    Raises SettingsInvalid when it must be there.
    """
    if _no_ledger(settings):
        return None
    try:
        opened = required_ledger(settings)
    except SettingsInvalid:
        if settings.ledger_required:
            raise
        LOG.warning("ledger away: %s until it is back", meanwhile)
        return None
    with closing(opened), opened.view() as view:
        return read(view)


def _no_ledger(settings: Settings) -> bool:
    """Whether there is none, or none yet: asking must not make one."""
    fresh = settings.ledger_url == "sqlite" and not (settings.home.expanduser() / _LEDGER).exists()
    return fresh or settings.ledger_url == "off"
