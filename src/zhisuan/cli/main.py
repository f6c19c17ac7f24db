"""`zhisuan`: noun then verb, each command useful without a server and with `--json`."""

import sys
import traceback
from tempfile import NamedTemporaryFile

import typer

from zhisuan import __version__
from zhisuan.cli import (
    account,
    application,
    audit,
    backup,
    catalogue,
    console,
    dataset,
    demo,
    doctor,
    explain,
    invoice,
    job,
    key,
    ledger,
    member,
    node,
    programme,
    project,
    receipt,
    replay,
    screen,
    solution,
    solve,
    tariff,
    task,
    tenant,
    up,
    usage,
    utilisation,
    voucher,
)
from zhisuan.core.errors import CentreError, WrongInput

app = typer.Typer(
    name="zhisuan",
    help="智算 zhisuan: bring your data, take away your results. 带着数据来，拿着成果走。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode="rich",
)
app.command("up")(up.up)
app.command("demo")(demo.demo)
app.command("solve")(solve.solve)
app.command("console")(console.console)
app.command("doctor")(doctor.doctor)
app.command("catalogue")(catalogue.catalogue)
app.command("explain")(explain.explain)
app.command("usage")(usage.usage)
app.command("utilisation")(utilisation.utilisation)
app.add_typer(dataset.app, name="dataset")
app.add_typer(task.app, name="task")
app.add_typer(solution.app, name="solution")
app.add_typer(job.app, name="job")
app.add_typer(receipt.app, name="receipt")
app.add_typer(account.app, name="account")
app.add_typer(invoice.app, name="invoice")
app.add_typer(tariff.app, name="tariff")
app.add_typer(node.app, name="node")
app.add_typer(ledger.app, name="ledger")
app.add_typer(backup.app, name="backup")
app.add_typer(replay.app, name="replay")
app.add_typer(tenant.app, name="tenant")
app.add_typer(member.app, name="member")
app.add_typer(key.app, name="key")
app.add_typer(project.app, name="project")
app.add_typer(application.app, name="application")
app.add_typer(audit.app, name="audit")
app.add_typer(programme.app, name="programme")
app.add_typer(voucher.app, name="voucher")


def _version(asked: bool) -> None:
    if asked:
        screen.show(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Bring your data, take away your results."""


def main() -> None:
    """Run a command; an error is two lines and its own exit status, or one JSON object."""
    as_json = "--json" in sys.argv
    try:
        sys.exit(app(standalone_mode=not as_json))
    except typer.TyperException as mistyped:
        usage = WrongInput(mistyped.format_message(), hint="Try the same command with --help.")
        screen.show_error(usage, as_json=as_json)
        sys.exit(usage.exit_status)
    except CentreError as error:
        screen.show_error(error, as_json=as_json)
        sys.exit(error.exit_status)
    except Exception as error:  # noqa: BLE001  a person is told two lines, the file has the rest
        screen.show_error(_unforeseen(error), as_json=as_json)
        sys.exit(CentreError.exit_status)
    except KeyboardInterrupt:
        screen.say("")
        sys.exit(130)


def _unforeseen(error: Exception) -> CentreError:
    """A fault of ours: the trace goes into a file that can be sent to whoever mends it."""
    with NamedTemporaryFile("w", prefix="zhisuan-", suffix=".trace", delete=False) as file:
        traceback.print_exception(error, file=file)
    return CentreError(
        f"The command met a fault of its own: {type(error).__name__}.",
        hint=f"The whole trace lies in {file.name}.",
    )
