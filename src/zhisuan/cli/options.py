"""The options every command has, said once."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
Url = Annotated[
    str | None,
    typer.Option(envvar="ZHISUAN_URL", help="A running centre; without it, the one of --data."),
]
Key = Annotated[
    str | None,
    typer.Option(envvar="ZHISUAN_KEY", help="An API key; without it, the data folder's own."),
]
Data = Annotated[
    Path | None,
    typer.Option(envvar="ZHISUAN_DATA", help="The data folder of a centre on this machine."),
]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many to list at most.")]
Tenant = Annotated[str | None, typer.Option(help="Another tenant's id; needs an operator's key.")]
