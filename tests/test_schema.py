"""The published schemas are those of the code."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from tasuki.definition import SyncFile
from tasuki.mappingfile import MappingFile

FOLDER = Path(__file__).parent.parent / "docs" / "schema"


@pytest.mark.parametrize(("name", "model"), [("mapping", MappingFile), ("sync", SyncFile)])
def test_the_published_schema_is_the_one_that_files_are_checked_against(
    name: str, model: type[BaseModel]
) -> None:
    published = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    assert published == model.model_json_schema(by_alias=True)
