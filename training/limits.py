"""The limits of the gate, as TOML tells them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from training.errors import TrainingError
from training.ranking import METRICS

PATH = Path(__file__).with_name("gate.toml")
_LARGEST = 1 << 20  # bytes


def _known(name: str) -> str:
    if name not in METRICS:
        raise ValueError(f"is no metric; choose from {', '.join(METRICS)}")
    return name


def _falls(name: str) -> str:
    if name == "ece":
        raise ValueError("is better the smaller it is: put it under [most]")
    return name


Metric = Annotated[str, AfterValidator(_known)]
Rising = Annotated[str, AfterValidator(_known), AfterValidator(_falls)]
Part = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Data(_Table):
    """How much a head needs to be judged."""

    guilty: int = Field(ge=1)
    honest: int = Field(ge=1)
    guilty_sellers: int = Field(ge=1)


class Fall(_Table):
    """How far a metric may get worse, and how far its interval may reach; what is better small gets worse by rising."""

    most: Part
    doubt: Part


class Promise(_Table):
    """Realised over promised false-positive rate, per level."""

    high: float = Field(gt=0)
    medium: float = Field(gt=0)


class CategoryFall(_Table):
    """How far the recall of a category with at least `guilty` guilty listings may fall."""

    guilty: int = Field(ge=1)
    most: Part


class Limits(_Table):
    """Everything a new bundle must keep."""

    data: Data
    fall: dict[Metric, Fall]
    least: dict[Rising, Part]
    most: dict[Metric, Part]
    promise: Promise
    category: CategoryFall


def read_limits(path: Path | None = None) -> Limits:
    """Read the default limits, with those of `path` laid over them entry by entry. Raises TrainingError."""
    told: dict[str, Any] = tomllib.loads(PATH.read_text("utf-8"))
    if path is None:
        return Limits.model_validate(told)
    try:
        if path.stat().st_size > _LARGEST:
            raise TrainingError(f"{path} is too large for limits; name a file like training/gate.toml")
        return Limits.model_validate(_over(told, tomllib.loads(path.read_text("utf-8"))))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise TrainingError(f"{path}: {wrong}; training/gate.toml shows every limit") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} is no TOML ({error}); training/gate.toml shows every limit") from error


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for name, value in above.items():
        old = out.get(name)
        out[name] = _over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out
