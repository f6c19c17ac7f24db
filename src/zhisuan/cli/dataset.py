"""`zhisuan dataset`: add, list, show, delete."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Door, Where, opened
from zhisuan.cli.follow import following
from zhisuan.cli.options import Data, Json, Key, Limit, Url
from zhisuan.core.errors import WrongInput

app = typer.Typer(help="Data sets: bring, look at, forget.", no_args_is_help=True)

_BLOCK = 1 << 20
_SHOWN = 8

_Id = Annotated[str, typer.Argument(help="Of the dataset, dst_….")]


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="A table: CSV, TSV, XLSX, Parquet, JSON lines.")],
    name: Annotated[str | None, typer.Option(help="Its name; without it, the file's.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a table. The same name with other content is its next version."""
    with opened(Where(url, key, data)) as door:
        dataset = bring(door, file, name)
    if as_json:
        screen.show_json(dataset)
        return
    _show_brought(dataset)


@app.command("sample")
def sample(
    name: Annotated[
        str | None, typer.Argument(help="Which; all are listed if it is left away.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a small real table that comes with the centre, or list them."""
    with opened(Where(url, key, data)) as door:
        if name is None:
            found = door.get("/v1/samples")["items"]
        else:
            found = door.post("/v1/datasets/from-sample", {"name": name})
    if as_json:
        screen.show_json(found)
    elif name is None:
        parts = ("name", "title_en", "question_en", "rows", "licence")
        screen.show_table(parts, ([each[part] for part in parts] for each in found), "None.")
    else:
        _show_brought(found)


@app.command("list")
def list_(
    url: Url = None, key: Key = None, data: Data = None, limit: Limit = 50, as_json: Json = False
) -> None:
    """Datasets, newest first."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/datasets", limit))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("dataset", "name", "version", "rows", "columns", "size", "brought"),
        (
            (
                each["dataset_id"],
                each["name"],
                each["version"],
                f"{each['rows']:,}",
                each["columns"],
                screen.megabytes(each["bytes"]),
                each["created_at"][:19].replace("T", " "),
            )
            for each in found
        ),
        "No datasets yet; bring one with: zhisuan dataset add FILE",
    )


@app.command("show")
def show(
    dataset_id: _Id, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """One dataset: its columns, what to beware of, its first rows."""
    with opened(Where(url, key, data)) as door:
        dataset = door.get(f"/v1/datasets/{dataset_id}")
        preview = door.get(f"/v1/datasets/{dataset_id}/preview", rows=5)
    if as_json:
        screen.show_json({**dataset, "preview": preview})
        return
    profile = dataset["profile"]
    screen.show(
        f"[bold]{screen.escape(dataset['name'])}[/] v{dataset['version']}: "
        f"{dataset['rows']:,} rows, {dataset['columns']:,} columns, "
        f"{screen.megabytes(dataset['bytes'])}"
    )
    screen.show_table(
        ("column", "kind", "missing", "distinct", "lowest", "highest", "first value"),
        (
            (
                column["name"][:40],
                column["kind"],
                column["missing"] or "",
                column["distinct"],
                _short(column.get("minimum")),
                _short(column.get("maximum")),
                _short(preview["rows"][0][place] if preview["rows"] else None),
            )
            for place, column in enumerate(profile["columns"])
        ),
        "No columns.",
    )
    show_warnings(dataset["warnings"])


@app.command("delete")
def delete(
    dataset_id: _Id, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Forget a dataset: its bytes are removed and a certificate says so."""
    with opened(Where(url, key, data)) as door:
        door.delete(f"/v1/datasets/{dataset_id}")
        certificate = door.get(f"/v1/datasets/{dataset_id}/certificate")
    if as_json:
        screen.show_json(certificate)
        return
    screen.show(f"Deleted {dataset_id}. The certificate verifies: {certificate['verified']}.")


def bring(door: Door, file: Path, name: str | None = None) -> dict[str, Any]:
    """Send a table to the centre, with progress.

    Raises:
        WrongInput: there is no such file.
        DataError: the centre cannot use it.
    """
    if not file.is_file():
        raise WrongInput(f"There is no file {file}.", hint="Check the path.")
    name = name or file.name.split(".")[0]
    request = uuid.uuid4().hex
    with screen.stages() as stages, following(door, request, stages):
        if door.local:
            body = {"path": str(file.absolute()), "name": name}
            dataset: dict[str, Any] = door.post("/v1/datasets/from-path", body, key=request)
            return dataset
        size = file.stat().st_size

        def blocks() -> Iterator[bytes]:
            sent = 0
            with file.open("rb") as source:
                while block := source.read(_BLOCK):
                    yield block
                    sent += len(block)
                    stages.tell("sending", sent / size)

        return door.post(
            "/v1/datasets", key=request, content=blocks(), name=name, filename=file.name
        )


def _show_brought(dataset: dict[str, Any]) -> None:
    screen.show(
        f"{dataset['dataset_id']}  {screen.escape(dataset['name'])} v{dataset['version']}: "
        f"{dataset['rows']:,} rows, {dataset['columns']:,} columns"
    )
    show_warnings(dataset["warnings"])


def show_warnings(
    warnings: list[dict[str, Any]], tell: Callable[[str], None] = screen.show
) -> None:
    """What to beware of in the data, a line each."""
    for warning in warnings[:_SHOWN]:
        tell(f"[yellow]![/] {screen.escape(warning['en'])}")
    if len(warnings) > _SHOWN:
        tell(f"  … and {len(warnings) - _SHOWN} more: --json shows all.")


def _short(value: object) -> str:
    return "" if value is None else str(value)[:24]
