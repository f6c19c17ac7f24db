"""`zhisuan receipt show`: one record that links result, algorithm, compute, energy, money."""

from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url

app = typer.Typer(help="Receipts: what a result used and cost.", no_args_is_help=True)


@app.command("show")
def show(
    of: Annotated[str, typer.Argument(help="A solution or job: sol_… or job_….")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """The receipt of a solution, or of any job."""
    path = f"/v1/receipts/{of}" if of.startswith("sol_") else f"/v1/jobs/{of}/receipt"
    with opened(Where(url, key, data)) as door:
        receipt = door.get(path)
    if as_json:
        screen.show_json(receipt)
        return
    for heading, rows in _blocks(receipt):
        screen.show(f"[bold]{heading}[/]")
        for name, value in rows:
            screen.show(f"  {name:<14} {screen.escape(str(value))}")


def _blocks(receipt: dict[str, Any]) -> list[tuple[str, list[tuple[str, object]]]]:
    result, algorithm = receipt["result"], receipt["algorithm"]
    compute, energy, money = receipt["compute"], receipt["energy"], receipt["money"]
    blocks: list[tuple[str, list[tuple[str, object]]]] = []
    if result:
        data = result["dataset"]
        blocks.append(
            (
                "Result 成果",
                [
                    ("question", f"{result['question']['target']} ({result['question']['kind']})"),
                    ("data", f"{data['name']} v{data['version']} sha256 {data['sha256'][:16]}…"),
                    ("score", f"{result['metric']} {screen.told(result['score'])}"),
                    ("baseline", screen.told(result["baseline_score"])),
                    ("usable", result["usable"]),
                ],
            )
        )
    blocks.append(
        (
            "Algorithm 算法",
            [
                ("name", f"{algorithm['name']}@{algorithm['version']}"),
                ("digest", f"sha256 {(algorithm['digest'] or '–')[:16]}…"),
            ],
        )
    )
    attempts: list[tuple[str, object]] = [
        (
            f"attempt {each['attempt']}",
            (
                f"{each['node']}, {each['cores']:g} cores, {each['memory_mb']} MB, "
                f"{each['wall_s']:.2f} s, usage record {each['usage_seq']}"
                f"{_devices(each['devices'])}"
            ),
        )
        for each in compute["attempts"]
    ]
    blocks.append(
        (
            "Compute 算力",
            [
                ("job", receipt["job_id"]),
                *attempts,
                ("cpu seconds", f"{compute['cpu_s']:.2f} (measured)"),
            ],
        )
    )
    if energy:
        blocks.append(
            (
                "Energy and carbon 能耗与碳",
                [
                    ("energy", f"{energy['energy_wh']:.6f} Wh ({energy['energy_quality']})"),
                    ("carbon", f"{energy['carbon_g']:.6f} gCO2e ({energy['carbon_quality']})"),
                    *(("", line) for line in energy["explanation_en"]),
                ],
            )
        )
    if money:
        blocks.append(("Money 费用", _money(money)))
    return blocks


def _money(money: dict[str, Any]) -> list[tuple[str, object]]:
    quote = money["quote"]
    rows: list[tuple[str, object]] = [
        ("quote", f"¥{quote['low_yuan']} – ¥{quote['high_yuan']} ({quote['quote_id']})"),
        ("tariff", money["tariff"]),
    ]
    rows += [
        (
            line["item"],
            (
                f"{screen.told(float(line['quantity']), 6)} {line['unit'].replace('_', '-')} × "
                f"¥{line['price_yuan']}/{line['price_unit'].replace('_', '-')} = "
                f"¥{line['amount_yuan']}{'' if line['charged'] else ' (shown, not added)'}"
            ),
        )
        for line in money["lines"]
    ]
    if money["charge_yuan"] is not None:
        rows += [("charge", f"¥{money['charge_yuan']}"), ("", money["explanation_en"])]
    if voucher := money.get("voucher"):
        rows += [
            ("own money", f"¥{money['own_yuan']}"),
            ("voucher", f"¥{voucher['yuan']} ({voucher['voucher_id']})"),
        ]
    rows += [
        (f"entry {entry['seq']}", f"{entry['movement']}: {entry['account']} ¥{entry['yuan']}")
        for entry in money["entries"]
    ]
    return rows


def _devices(devices: list[dict[str, Any]]) -> str:
    named = [f"{each['name']}{' (simulated)' if each['simulated'] else ''}" for each in devices]
    return f", {', '.join(named)}" if named else ""
