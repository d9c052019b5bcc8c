"""Settings: few, frozen, read once from ZHENWEI_* variables at the edge, passed on as a value."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from features.errors import ZhenweiError

PREFIX = "ZHENWEI_"
MIB = 1 << 20
_TESTS = "ZHENWEI_TEST_"  # which servers the tests may use; no settings
_DATABASE = re.compile(r"(sqlite:///.|postgresql(\+psycopg)?://.)")
_REDIS = re.compile(r"memory://$|rediss?://.")
_KEY_PREFIX = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_SECRET = re.compile(r"(?<=://).*(?=@)")  # a password may hold anything


class SettingsInvalid(ZhenweiError):
    """A variable or option holds what it must not, or is none of ours."""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _ledger(url: str) -> str:
    if url in {"sqlite", "off"} or _DATABASE.match(url):
        return url
    raise ValueError(
        "write sqlite (a file in ZHENWEI_HOME), sqlite:////folder/file.sqlite3, "
        "postgresql+psycopg://user@host/database, or off"
    )


def _redis(url: str) -> str:
    if _REDIS.match(url):
        return url
    raise ValueError("write memory:// (in this process), redis://user:password@host:6379/0, or rediss://… with TLS")


def _prefix(told: str) -> str:
    if _KEY_PREFIX.fullmatch(told):
        return told
    raise ValueError("write 1 to 64 of A-Z a-z 0-9 _ . -")


class Settings(BaseSettings):
    """What an operator may choose. Every field is a variable ZHENWEI_<NAME>; options of the command line go first."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    bundle: Path | None = Field(default=None, description="folder of the bundle; else the active one answers")
    host: str = Field(default="127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on; 0 lets the system choose")
    workers: int = Field(default=1, ge=1, le=64, description="processes that answer")
    max_body_bytes: int = Field(default=MIB, ge=1024, description="largest body of one listing")
    max_batch_bytes: int = Field(default=8 * MIB, ge=1024, description="largest body of a batch")
    max_batch: int = Field(default=1000, ge=1, le=10_000, description="most listings in a batch")
    home: Path = Field(default=Path("~/.local/share/zhenwei"), description="folder of ledger and bundles")
    ledger_url: Annotated[str, AfterValidator(_ledger)] = Field(
        default="sqlite", repr=False, description="sqlite (a file in the home folder), a database URL, or off"
    )
    ledger_required: bool = Field(default=True, description="answer 503 to what cannot be recorded")
    redis_url: Annotated[str, AfterValidator(_redis)] = Field(
        default="memory://", repr=False, description="memory:// (each worker its own), redis://… or rediss://…"
    )
    redis_prefix: Annotated[str, AfterValidator(_prefix)] = Field(default="zhenwei", description="begins every key")
    redis_timeout_ms: int = Field(default=50, ge=1, le=5000, description="how long a request waits for Redis, once")
    max_job_bytes: int = Field(default=1024 * MIB, ge=1024, description="largest file sent to be screened as a job")
    max_jobs: int = Field(default=20, ge=1, le=10_000, description="most jobs of a key that wait or run")
    max_kept_bytes: int = Field(default=8192 * MIB, ge=1024, description="most bytes of jobs kept for a key")
    job_days: int = Field(default=7, ge=1, le=3650, description="days the files of a job are kept after it ended")
    cache_s: int = Field(default=0, ge=0, le=300, description="seconds for which an answer is given again; 0: off")
    golden_rate: float = Field(
        default=0.05, ge=0, le=0.5, description="share of cases with a known verdict, to measure"
    )
    webhook_private: bool = Field(default=False, description="webhooks may lead into this network")
    retention_days: int = Field(default=0, ge=0, le=36500, description="days personal data is kept; 0: until erased")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="what is logged")

    def variables(self) -> dict[str, str]:
        """What was chosen, as variables for processes that are started."""
        return {PREFIX + name.upper(): str(getattr(self, name)) for name in sorted(self.model_fields_set)}

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can ask."""
        return self.host == "localhost" or _is_loopback(self.host)


def read_settings(told: Mapping[str, Any]) -> Settings:
    """Build the settings from options that were given (None: not given), else variables, else defaults.

    Raises SettingsInvalid, naming the variable or option and what to do.
    """
    refuse_unknown(os.environ)
    given = {name: value for name, value in told.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        where = f"--{name.replace('_', '-')}" if name in given else PREFIX + name.upper()
        shown = _SECRET.sub("…", str(first["input"]))
        raise SettingsInvalid(f"{where}={shown}: {first['msg'].removeprefix('Value error, ')}") from error


def refuse_unknown(variables: Mapping[str, str]) -> None:
    """A misspelt variable would be ignored without a word; refuse it and name the nearest. Raises SettingsInvalid."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in variables:
        ours = name.upper().startswith(PREFIX) and not name.upper().startswith(_TESTS)
        if ours and name.upper() not in known:
            nearest = get_close_matches(name.upper(), known, n=1, cutoff=0.0)[0]
            raise SettingsInvalid(f"{name} is not a setting; did you mean {nearest}? All: {', '.join(known)}")
