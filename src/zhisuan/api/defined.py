"""A field whose number has a definition: the OpenAPI document says which, as `x-definition`."""

from pydantic import Field
from pydantic.fields import FieldInfo

EXTENSION = "x-definition"


def defined(code: str) -> FieldInfo:
    """Metadata for `Annotated`: the number is the one that `GET /v1/definitions` calls `code`."""
    info: FieldInfo = Field(json_schema_extra={EXTENSION: code})
    return info
