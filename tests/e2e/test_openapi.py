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


def test_the_document_is_the_one_the_centre_gives(centre):
    assert centre.client().get("/v1/openapi.json").json() == DOCUMENT


@pytest.fixture(scope="module")
def known(centre):
    """A tenant's key, and names of what it has, so that generated requests meet something."""
    tenant = centre.tenant()
    dataset = tenant.brought("a,b,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40)))
    job = tenant.submitted()
    tenant.ended(job["job_id"])
    return tenant.key, {
        "dataset_id": dataset["dataset_id"],
        "job_id": job["job_id"],
        "solution_id": job["job_id"],
        "algorithm": "probe",
    }


def modest(case):
    """The same request for a pool that stays small, since every later test plans on it."""
    if case.operation.path == "/v1/nodes" and isinstance(case.body, dict):
        for line in (case.body, *(case.body.get("device") or [])):
            if isinstance(line, dict) and isinstance(line.get("count"), int):
                line["count"] = min(line["count"], 2)
    return case


def naming(case, names):
    """The same request about things that are there, and stay there."""
    if case.method == "DELETE":
        return case
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            part.update({name: what for name, what in names.items() if name in part})
    if case.headers:
        case.headers.pop("Idempotency-Key", None)
    return case


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_is_one_the_document_names(case, centre, known):
    key, names = known
    for asked, by in ((modest(case), centre.kept_key("operator")), (naming(case, names), key)):
        headers = {"Authorization": f"Bearer {by}"}
        asked.call_and_validate(base_url=centre.url, headers=headers, checks=CHECKS)
