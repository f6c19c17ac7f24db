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

EXAMPLES = 25
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def document(centre):
    project = ProjectConfig(
        generation=GenerationConfig(deterministic=True, max_examples=EXAMPLES),
    )
    config = SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))
    document = schemathesis.openapi.from_url(f"{centre.url}/v1/openapi.json", config=config)
    # The feed never ends; its own tests are in test_feed.py.
    return document.exclude(path="/v1/events")


@pytest.fixture(scope="module")
def keys(centre):
    """One key that may do everything, and one of a tenant with money."""
    return [centre.kept_key("operator"), centre.tenant().key]


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_is_one_the_document_names(case, keys):
    for key in keys:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)
