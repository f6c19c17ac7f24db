"""Every error the centre tells a person, as one tree.

An error says what happened, with values and units, and a `hint`: the next thing to try.
Its class fixes a stable `code` (a heading in docs/reference/errors.md), the HTTP status of
the API and the exit status of the command line::

    CentreError                      internal                 500  exit 1
    ├── WrongInput                   wrong_input              422  exit 2
    │   ├── DataError                data_error               422  exit 2
    │   │   ├── EmptyData            empty_data
    │   │   ├── UnreadableData       unreadable_data
    │   │   ├── TooLarge             too_large                413
    │   │   ├── UnsafeArchive        unsafe_archive
    │   │   ├── RaggedData           ragged_data
    │   │   └── DuplicateColumns     duplicate_columns
    │   ├── QuestionError            question_error           422  exit 2
    │   │   ├── TargetMissing        target_missing
    │   │   ├── TargetUnclear        target_unclear
    │   │   └── TargetUnusable       target_unusable
    │   └── Unsatisfiable            unsatisfiable            422  exit 2
    ├── NotFound                     not_found                404  exit 3
    ├── AccessError                  access_error             403  exit 4
    │   ├── NotAuthenticated         not_authenticated        401
    │   └── NotAllowed               not_allowed              403
    ├── Conflict                     conflict                 409  exit 5
    │   ├── IllegalTransition        illegal_transition
    │   ├── NotEligible              not_eligible
    │   ├── KeyReused                idempotency_key_reused
    │   └── OverAllocated            over_allocated
    ├── PaymentError                 payment_error            402  exit 6
    │   ├── InsufficientBalance      insufficient_balance
    │   ├── BudgetExhausted          budget_exhausted
    │   └── QuoteExpired             quote_expired            409
    ├── Unavailable                  unavailable              503  exit 7
    │   ├── DiskFull                 disk_full                507
    │   ├── DataFolderReadOnly       data_folder_read_only
    │   ├── PortBusy                 port_busy
    │   ├── CentreBusy               centre_busy
    │   ├── EnvironmentUnavailable   environment_unavailable
    │   └── TooManyRequests          too_many_requests        429
    └── TamperFound                  tamper_found             500  exit 8
"""

from typing import ClassVar


class CentreError(Exception):
    """Something went wrong that a person must know.

    Args:
        message: what happened, one sentence, with values and units.
        hint: the next thing to try, one sentence; empty when there is none.
    """

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongInput(CentreError):
    """What was asked or given cannot be used as it is."""

    code = "wrong_input"
    http_status = 422
    exit_status = 2


class DataError(WrongInput):
    """The data cannot be used as a data set."""

    code = "data_error"


class EmptyData(DataError):
    """There are no rows to learn from."""

    code = "empty_data"


class UnreadableData(DataError):
    """The bytes are not a table in any format the centre reads."""

    code = "unreadable_data"


class TooLarge(DataError):
    """The data is larger than the centre accepts."""

    code = "too_large"
    http_status = 413


class UnsafeArchive(DataError):
    """The archive would escape its folder or grow without bound."""

    code = "unsafe_archive"


class RaggedData(DataError):
    """Rows do not have the header's number of fields."""

    code = "ragged_data"


class DuplicateColumns(DataError):
    """Two columns have the same name."""

    code = "duplicate_columns"


class QuestionError(WrongInput):
    """The question does not fit the data."""

    code = "question_error"


class TargetMissing(QuestionError):
    """The named target column is not in the data."""

    code = "target_missing"


class TargetUnclear(QuestionError):
    """Which column to predict cannot be guessed and must be said."""

    code = "target_unclear"


class TargetUnusable(QuestionError):
    """The target column cannot be learned: constant, empty or all different."""

    code = "target_unusable"


class Unsatisfiable(WrongInput):
    """No device of the pool, however idle, could ever run this."""

    code = "unsatisfiable"


class NotFound(CentreError):
    """Nothing of that name, or nothing this key may see."""

    code = "not_found"
    http_status = 404
    exit_status = 3


class AccessError(CentreError):
    """Who asks is unknown or may not do this."""

    code = "access_error"
    http_status = 403
    exit_status = 4


class NotAuthenticated(AccessError):
    """No key was given, or one the centre does not know."""

    code = "not_authenticated"
    http_status = 401


class NotAllowed(AccessError):
    """The key is known but its role does not allow this."""

    code = "not_allowed"


class Conflict(CentreError):
    """The thing is not in a state that allows this."""

    code = "conflict"
    http_status = 409
    exit_status = 5


class IllegalTransition(Conflict):
    """A life was asked to make a move its table does not have."""

    code = "illegal_transition"


class NotEligible(Conflict):
    """Rules of a voucher programme are not met; each is named by its code in brackets."""

    code = "not_eligible"


class KeyReused(Conflict):
    """One idempotency key came with two different requests."""

    code = "idempotency_key_reused"


class OverAllocated(Conflict):
    """Projects would be promised more than their tenant has."""

    code = "over_allocated"


class PaymentError(CentreError):
    """Money stands in the way."""

    code = "payment_error"
    http_status = 402
    exit_status = 6


class InsufficientBalance(PaymentError):
    """The account cannot cover the hold."""

    code = "insufficient_balance"


class BudgetExhausted(PaymentError):
    """The month's budget of the tenant or its project cannot cover the hold."""

    code = "budget_exhausted"


class QuoteExpired(PaymentError):
    """The offer is too old to accept."""

    code = "quote_expired"
    http_status = 409


class Unavailable(CentreError):
    """The machine, not the asker, stands in the way."""

    code = "unavailable"
    http_status = 503
    exit_status = 7


class DiskFull(Unavailable):
    """There is no room left in the data folder."""

    code = "disk_full"
    http_status = 507


class DataFolderReadOnly(Unavailable):
    """The data folder cannot be written."""

    code = "data_folder_read_only"


class PortBusy(Unavailable):
    """Another program listens on the port."""

    code = "port_busy"


class CentreBusy(Unavailable):
    """Another process has this data folder open and does not answer."""

    code = "centre_busy"


class EnvironmentUnavailable(Unavailable):
    """An algorithm's environment could not be made."""

    code = "environment_unavailable"


class TooManyRequests(Unavailable):
    """Somebody asked more often than the centre allows.

    Args:
        message, hint: as of every error.
        retry_after_s: after so many seconds it may be tried again.
    """

    code = "too_many_requests"
    http_status = 429

    def __init__(self, message: str, hint: str = "", retry_after_s: int = 60) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class TamperFound(CentreError):
    """A record of the chain is not what was written."""

    code = "tamper_found"
    exit_status = 8
