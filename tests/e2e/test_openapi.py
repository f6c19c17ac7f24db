"""The live OpenAPI document is true: whatever fits it, or does not, gets an answer it names."""

import hypothesis
import pytest
import schemathesis
from schemathesis.config import (
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from zhisuan.api.app import create_app

EXAMPLES = 25
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


DOCUMENT = create_app(None).openapi()
project = ProjectConfig(
    generation=GenerationConfig(deterministic=True, max_examples=EXAMPLES),
)
schema = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))
)
# The feed never ends; its own tests are in test_feed.py.
schema = schema.exclude(path="/v1/events")


@pytest.fixture(scope="module")
def keys(centre):
    """One key that may do everything, and one of a tenant with money."""
    return [centre.kept_key("operator"), centre.tenant().key]


def test_the_document_is_the_one_the_centre_gives(centre):
    assert centre.client().get("/v1/openapi.json").json() == DOCUMENT


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_is_one_the_document_names(case, centre, keys):
    for key in keys:
        headers = {"Authorization": f"Bearer {key}"}
        case.call_and_validate(base_url=centre.url, headers=headers, checks=CHECKS)
