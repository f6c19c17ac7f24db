"""The one settings object: read once at the start, frozen, passed down.

Later wins: defaults, `<data folder>/centre.toml`, `ZHISUAN_*` in the environment, flags.
"""

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import Quality

_PREFIX = "ZHISUAN_"


class Settings(BaseModel):
    """How this centre runs; docs/reference/settings.md explains each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path
    database: str | None = None
    centre_name: str | None = Field(default=None, min_length=1, max_length=80)
    host: str = "127.0.0.1"
    port: int = Field(default=8270, ge=0, le=65535)
    region: str = "CN"
    factors: Path | None = None
    pue: float | None = Field(default=None, ge=1.0, le=10.0)
    pue_quality: Quality = Quality.ASSUMED
    idle_watts: float | None = Field(default=None, gt=0)
    max_watts: float | None = Field(default=None, gt=0)
    grant_yuan: int = Field(default=100, ge=0)
    max_upload_gb: float = Field(default=20.0, gt=0)
    wheels: Path | None = None
    keep_events_days: int = Field(default=7, ge=1)
    registration: bool = True
    requests_a_minute: int = Field(default=60_000, ge=1)
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_redirect: str | None = None
    oidc_claim: str = "email"


def default_data_folder() -> Path:
    """Beside the environment the centre is installed in, or in the home folder outside one.

    So a checkout with its `.venv` keeps its own centre, from wherever it is called.
    """
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix).parent / ".zhisuan"
    return Path.home() / ".zhisuan"


def read_settings(**flags: Any) -> Settings:  # noqa: ANN401  each setting has its own type
    """The settings from all their places.

    Args:
        **flags: what the command line says; None is not said.

    Raises:
        WrongInput: a setting is unknown or has a wrong value.
    """
    said = {name: value for name, value in flags.items() if value is not None}
    environment = {
        name: os.environ[_PREFIX + name.upper()]
        for name in Settings.model_fields
        if _PREFIX + name.upper() in os.environ
    }
    data = Path(said.get("data") or environment.get("data") or default_data_folder())
    file = data / "centre.toml"
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return Settings.model_validate({**written, **environment, **said, "data": data.absolute()})
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"{file} is not valid TOML: {error}.", hint="Mend it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise WrongInput(
            f"The setting {name!r} is wrong: {first['msg']}.",
            hint="See docs/reference/settings.md.",
        ) from error
