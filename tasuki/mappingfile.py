"""What mappings/<system>.yaml may say: its form, before anything is made of it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field as Option

from tasuki.model.base import Sensitivity, Type


class FieldEntry(BaseModel):
    """One field of a mapping file, in its long form."""

    model_config = ConfigDict(extra="forbid")

    column: str | None = None
    columns: list[str] | None = Option(
        None, min_length=2, description="Joined by one space, split again there"
    )
    parts: dict[Literal["prefecture", "city", "town", "building"], str] | None = Option(
        None, description="An address over several columns: prefecture, city, town with block, building"
    )
    clean: list[str] | None = Option(
        None, description="Named cleaners; a value they refuse holds the row back"
    )
    values: dict[str, str] | None = Option(
        None, description="The column's word: the canonical word, one to one"
    )
    composed: bool = Option(False, description="The whole address in this column (or these columns)")
    by: str | list[str] | None = Option(
        None, description="Reference: the field of the model pointed at, one for each column"
    )
    write: str | None = Option(None, description="How the value is spelled when written")
    direction: Literal["both", "in"] = Option("both", description="in: read here, never written")
    overflow: Literal["refuse", "cut"] = Option("refuse", description="What to do with text too long to fit")


class CustomEntry(FieldEntry):
    """A field of the firm's own."""

    type: Type = "text"
    sensitivity: Sensitivity = Option("personal", alias="class")
    purpose: str = Option(description="What the firm uses it for; needed for personal data")
    label: str = ""


class IssueEntry(BaseModel):
    """How Tasuki's counter writes the keys it issues."""

    model_config = ConfigDict(extra="forbid")

    prefix: str = ""
    digits: int = Option(6, ge=1, le=18)


class Case(BaseModel):
    """An offline test of the mapping, run by `tasuki check`."""

    model_config = ConfigDict(extra="forbid")

    given: dict[str, Any]
    expect: dict[str, str]


class MappingFile(BaseModel):
    """mappings/<system>.yaml."""

    model_config = ConfigDict(extra="forbid")

    mapping: Literal[1] = Option(description="Version of this format")
    connector: str
    model: str
    settings: dict[str, Any] = {}
    key: str = Option(min_length=1, description="The column that names a row")
    issued_by: str | None = Option(None, description="Who issues the key: a system's name, or tasuki")
    issue: IssueEntry = IssueEntry()
    fields: dict[str, str | FieldEntry] = Option(min_length=1)
    custom: dict[str, CustomEntry] = {}
    tests: list[Case] = []
