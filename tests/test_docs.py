"""What the documents say is so: their lines run, their examples load, their lists are complete."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
import yaml
from pydantic import BaseModel

from tasuki import definition, finder, mapping as mappings
from tasuki.cli import app
from tasuki.messages import CATALOGUE
from tasuki.run import STATUS
from tasuki_provider import get_provider_info

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"))
    if page.is_file() and not page.name.startswith(".")
)
CONNECTORS = ("csv", "excel", "kintone", "mailbox")
SOURCES = sorted(
    file
    for folder in ("tasuki", "connectors", "tasuki_provider", "dags", "plugins")
    for file in (ROOT / folder).rglob("*.py")
    if "messages" not in file.parts
)


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(page: str, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


# The README's lines


def lines(readme: str) -> str:
    """The script of a README: its prompts gone, comments and the reason somebody gives too."""
    (script,) = [
        block for block in blocks((ROOT / readme).read_text("utf-8")) if block.startswith("$ tasuki init")
    ]
    bare = re.sub(r"^\$ ", "", script, flags=re.MULTILINE)
    return re.sub(r"--reason \S+", "--reason r", re.sub(r" +# .*", "", bare))


def test_both_readmes_have_the_same_lines() -> None:
    assert lines("README.md") == lines("README.ja.md")


@pytest.mark.integration
def test_the_lines_of_the_readme_run(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {name: value for name, value in os.environ.items() if not name.startswith("TASUKI_")}
    done = subprocess.run(
        ["bash", "-c", lines("README.md")],
        cwd=tmp_path,
        env=settings | {"PATH": path, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "C001,㈱山田商店,03-1234-5678" in (tmp_path / "shop/files/crm.csv").read_text("utf-8")
    assert "連鎖 OK" in done.stdout


# Examples


class Example(NamedTuple):
    page: str
    text: str
    """YAML; one that isn't whole ends in … and names only what it is about."""

    @property
    def name(self) -> str:
        found = re.search(r"^# mappings/(\w+)\.yaml", self.text, re.MULTILINE)
        return found[1] if found else Path(self.page).stem

    @property
    def whole(self) -> str:
        if "mapping: 1" in self.text or self.is_sync:
            return self.text
        part = yaml.safe_load(re.sub(r",?\s*…", "", self.text))
        return yaml.safe_dump({"mapping": 1, "connector": "csv", "model": "customer", **part})

    @property
    def is_sync(self) -> bool:
        return self.text.startswith("sync:")


EXAMPLES = [
    Example(page, block)
    for page in ("mapping.md", *(f"connectors/{name}.md" for name in CONNECTORS))
    for block in blocks(text(page), "yaml")
]
MAPPINGS = [example for example in EXAMPLES if not example.is_sync]


def load(home: Path, example: Example, name: str) -> mappings.Mapping:
    path = home / "mappings" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(example.whole, "utf-8")
    return mappings.load(path)


@pytest.mark.parametrize("example", MAPPINGS, ids=lambda example: f"{example.page}:{example.name}")
def test_an_example_of_a_mapping_loads_and_its_tests_hold(example: Example, home: Path) -> None:
    loaded = load(home, example, "example")
    assert mappings.failures(loaded) == []
    if loaded.settings:
        finder.connector_class(loaded.connector).Settings(**loaded.settings)


def test_the_example_of_a_sync_loads(home: Path) -> None:
    (example,) = [example for example in EXAMPLES if example.is_sync]
    (home / "dags").mkdir()
    (home / "dags" / "customers.yaml").write_text(example.text, "utf-8")
    by_name = {example.name: example for example in MAPPINGS}
    for system, source in {"ledger": "mapping", "yayoi": "yayoi", "kintone": "kintone"}.items():
        load(home, by_name[source], system)
    assert list(definition.load(home, "customers").systems) == ["ledger", "yayoi", "kintone"]


# Completeness


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Every command with its own options; those that all of them have are told once."""
    if inner := getattr(command, "commands", None):
        for name, found in inner.items():
            yield from commands(found, (*words, name))
        return
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    yield " ".join(words), sorted(options - {"--home", "--json", "--lang", "--quiet", "--help"})


@pytest.mark.parametrize(("command", "options"), list(commands(typer.main.get_command(app))))
def test_every_command_and_option_is_told(command: str, options: list[str]) -> None:
    page = text("cli.md")
    assert re.search(rf"`{command}[ `]", page)
    assert [option for option in options if option not in page] == []


def test_every_exit_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d) \|", text("cli.md"), re.MULTILINE)}
    assert told == set(STATUS)


def test_every_rule_is_told_with_a_picture() -> None:
    sections = re.split(r"^### ", text("sync-rules.md"), flags=re.MULTILINE)[1:]
    assert [section.split()[0] for section in sections] == [f"S{number}" for number in range(1, 27)]
    assert [section.split()[0] for section in sections if not blocks(section)] == []


def test_every_connector_has_its_page() -> None:
    files = {file.stem for file in (ROOT / "connectors").glob("[a-z]*.py")}
    assert files == set(CONNECTORS) == {page.stem for page in (DOCS / "connectors").glob("*.md")}


def keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield before + name
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from keys(inner, f"{before}{name}.")


@pytest.mark.parametrize("connector", CONNECTORS)
def test_every_setting_of_a_connector_stands_in_its_page(connector: str) -> None:
    page = text(f"connectors/{connector}.md")
    settings = keys(finder.connector_class(connector).Settings)
    assert [key for key in settings if f"\n| `{key}` |" not in page] == []


@pytest.mark.parametrize("connector", CONNECTORS)
def test_every_refusal_of_a_connector_stands_in_its_page(connector: str) -> None:
    source = (ROOT / "connectors" / f"{connector}.py").read_text("utf-8")
    page = text(f"connectors/{connector}.md")
    assert [code for code in sorted(set(re.findall(r"TSK-\d{4}", source))) if code not in page] == []


def test_every_connection_type_is_told() -> None:
    types = [kind["connection-type"] for kind in get_provider_info()["connection-types"]]
    assert [kind for kind in types if f"`{kind}`" not in text("airflow.md")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    linked = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    files = [link for link in linked if "://" not in link]
    assert [link for link in files if not (page.parent / link).exists()] == []


def test_the_layers_are_told_as_they_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (contract,) = [contract for contract in contracts if contract["type"] == "layers"]
    (told,) = re.findall(r"^`cli`.*?`messages`", text("architecture.md"), re.MULTILINE | re.DOTALL)
    checked = [re.findall(r"tasuki\.(\w+)", layer) for layer in contract["layers"]]
    assert [re.findall(r"\w+", layer) for layer in told.split("→")] == checked


# Messages


def codes(*files: Path) -> set[tuple[str, str]]:
    return {(code, file.name) for file in files for code in re.findall(r"TSK-\d{4}", file.read_text("utf-8"))}


def test_every_code_that_is_used_or_told_has_its_message() -> None:
    assert sorted(used for used in codes(*SOURCES, *PAGES) if used[0] not in CATALOGUE) == []


def test_every_message_is_used() -> None:
    assert sorted(CATALOGUE.keys() - {code for code, _ in codes(*SOURCES)}) == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_message_says_the_same_in_both_languages(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry.ja
    assert entry.en
    assert bool(entry.ja_hint) == bool(entry.en_hint)
    assert bool(entry.ja_hint) or code.startswith("TSK-25") or code == "TSK-8010"  # notes, and one good news
    assert placeholders(entry.ja + entry.ja_hint) == placeholders(entry.en + entry.en_hint)
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", entry.ja)
    assert not re.search(r"[ぁ-んァ-ヶ一-龠]", entry.en)


def test_nothing_is_raised_without_what_its_message_tells() -> None:
    assert sorted(bare for file in SOURCES for bare in unfilled(file)) == []


def placeholders(message: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", message))


def unfilled(file: Path) -> Iterator[str]:
    """Errors raised, and rows refused, whose details lack a placeholder of their message."""
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        given = {keyword.arg for keyword in call.keywords}
        code = next((literal(part) for part in call.args if "TSK-" in literal(part)), "")
        if code not in CATALOGUE or None in given:
            continue
        wanted = placeholders("".join(CATALOGUE[code]))
        if call.func.id in ("UserError", "Retry", "Skip", "Stop") and wanted - given:
            yield f"{file.name}:{call.lineno} {code} {wanted - given}"
        if call.func.id in ("BadRow", "Refused"):
            details = next((k.value for k in call.keywords if k.arg == "details"), ast.Dict([], []))
            if isinstance(details, ast.Dict) and None not in details.keys:
                told = {literal(key) for key in details.keys if key} | {"column", "system"}
                if wanted - told and len(call.args) < 4:
                    yield f"{file.name}:{call.lineno} {code} {wanted - told}"


def literal(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""
