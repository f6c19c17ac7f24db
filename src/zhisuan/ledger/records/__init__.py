"""All SQL of the ledger, a file for each noun: chains, accounts, quotes, holds, usage, charges."""

from zhisuan.ledger.records.accounts import (
    add,
    add_accounts,
    all_balances,
    balances,
    entries_of,
    open_missing,
    take,
)
from zhisuan.ledger.records.chains import (
    Heads,
    add_checkpoint,
    checkpoints,
    heads,
    links,
    lock,
    prepare,
    walk,
    write,
)
from zhisuan.ledger.records.charges import (
    charged,
    charged_since,
    charges,
    charges_between,
    charges_of,
)
from zhisuan.ledger.records.holds import (
    add_hold,
    close_holds,
    has_hold,
    of_projects,
    open_holds,
    open_holds_of,
)
from zhisuan.ledger.records.invoices import invoices
from zhisuan.ledger.records.quotes import add_quote, quote
from zhisuan.ledger.records.tariffs import add_tariff, latest_tariff, tariffs
from zhisuan.ledger.records.usage import keep_months, months, usage, usage_between, usage_since

__all__ = [
    "Heads",
    "add",
    "add_accounts",
    "add_checkpoint",
    "add_hold",
    "add_quote",
    "add_tariff",
    "all_balances",
    "balances",
    "charged",
    "charged_since",
    "charges",
    "charges_between",
    "charges_of",
    "checkpoints",
    "close_holds",
    "entries_of",
    "has_hold",
    "heads",
    "invoices",
    "keep_months",
    "latest_tariff",
    "links",
    "lock",
    "months",
    "of_projects",
    "open_holds",
    "open_holds_of",
    "open_missing",
    "prepare",
    "quote",
    "take",
    "tariffs",
    "usage",
    "usage_between",
    "usage_since",
    "walk",
    "write",
]
