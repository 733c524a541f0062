"""The rules of the house: what a review would say every time is said by a test."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "onegrid"
LOCALES = ("zh_Hans", "zh_Hant")


def sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts and "node_modules" not in path.parts:
            yield path


def templates() -> Iterator[Path]:
    yield from sorted((PACKAGE / "web" / "templates").rglob("*.html"))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_import_contracts_hold() -> None:
    script = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_types_are_strict() -> None:
    run("mypy", "onegrid")


def test_ruff_is_content() -> None:
    run("ruff", "check", ".")


def test_code_is_formatted() -> None:
    run("ruff", "format", "--check", ".")


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources()
        if (count := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines - _docstring_lines(node) > 50:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {lines}")
    assert long == []


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return (first.end_lineno or 0) - first.lineno + 1
    return 0


#: pattern, folders it is forbidden in, why
FORBIDDEN = [
    (r"\bset_config\(", ("",), "SET LOCAL as a statement reaches distributed workers"),
    (r"\bdatetime\.(now|utcnow|today)\(", ("core", "cases", "grids", "organisation", "accounts", "notices", "audit", "reports"),
     "the clock is read at the edge and passed in"),
    (r"\btimezone\.now\(", ("core", "cases/actions", "cases/queries", "grids/queries", "accounts/queries"),
     "the clock is read at the edge and passed in"),
    (r"django\.dispatch", ("",), "no signals: an action says what it does"),
    (r"except[^\n]*:\s*pass\b", ("",), "nothing is swallowed"),
    (r"\brandom\.random\(", ("",), "a generator is passed in"),
    (r"\.objects\.raw\(|\.extra\(", ("",), "no string-built SQL"),
    (r"type: ignore(?!\[)", ("",), "say which error is ignored"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "folders", "why"), FORBIDDEN)
def test_forbidden_words_do_not_occur(pattern: str, folders: tuple[str, ...], why: str) -> None:
    found = []
    for path in sources():
        inside = str(path.relative_to(PACKAGE))
        if not any(inside.startswith(folder) for folder in folders) or inside.startswith("demo"):
            continue
        if inside.endswith("jobs.py"):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if re.search(pattern, line):
                found.append(f"{inside}:{number}: {line.strip()}")
    assert found == [], why


def test_templates_have_no_inline_script_style_or_handlers() -> None:
    found = []
    for path in templates():
        text = re.sub(
            r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text("utf-8"), flags=re.S
        )
        for pattern in (
            r"\sstyle=",
            r"\son[a-z]+=",
            r"<script(?![^>]*(src=|type=\"application/json\"))",
            r"<style",
        ):
            found += [f"{path.name}: {m.group(0)}" for m in re.finditer(pattern, text)]
    assert found == []


def test_no_page_names_another_host() -> None:
    own = [*templates(), *(PACKAGE / "web" / "static" / "onegrid").rglob("*.*")]
    found = []
    for path in own:
        for match in re.finditer(
            r"https?://[^\s\"'<>)]+", path.read_text("utf-8", errors="ignore")
        ):
            if not match.group(0).startswith(("http://www.w3.org/", "https://www.w3.org/")):
                found.append(f"{path.name}: {match.group(0)}")
    assert found == []


def test_migrations_are_complete(django_db_setup: None, db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_system_checks_pass(db: None) -> None:
    from django.core.management import call_command

    call_command("check", fail_level="WARNING", databases=["default"], verbosity=0)


def test_every_setting_is_documented() -> None:
    from onegrid.conf.env import DECLARED

    text = (ROOT / "docs" / "operate" / "settings.md").read_text("utf-8")
    assert [name for name in DECLARED if f"`{name}`" not in text] == []


def test_the_flow_diagram_is_the_flow() -> None:
    from onegrid.core import flow

    text = (ROOT / "docs" / "methods" / "case-flow.md").read_text("utf-8")
    assert flow.mermaid() in text, "run: python tools/flow_diagram.py"


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_are_complete(locale: str, tmp_path: Path) -> None:
    copy = tmp_path / "onegrid"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "__pycache__", "*.mo"))
    script = (
        f"import django, os; django.setup(); os.chdir(r'{copy}');"
        "from django.core.management import call_command;"
        f"call_command('makemessages', locale=['{locale}'], extensions=['html','py','txt'],"
        "no_location=True, no_obsolete=True, ignore_patterns=['migrations/*'], verbosity=0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    catalogue = polib.pofile(str(copy / "locale" / locale / "LC_MESSAGES" / "django.po"))
    missing = [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy]
    assert missing == [], "run: python tools/messages.py and translate"


def test_placeholders_survive_translation() -> None:
    for locale in LOCALES:
        for entry in polib.pofile(str(PACKAGE / "locale" / locale / "LC_MESSAGES" / "django.po")):
            wanted = set(re.findall(r"%\(\w+\)[sd]", entry.msgid + entry.msgid_plural))
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                if text:
                    assert set(re.findall(r"%\(\w+\)[sd]", text)) <= wanted, entry.msgid


def test_every_source_row_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "SOURCES.md").read_text("utf-8")
    rows = re.findall(r"^\| ([SEN]\d+) \| ([^|]+) \| ([^|]+) \|", text, flags=re.M)
    assert len(rows) >= 18
    for row_id, module, tests in rows:
        assert all((ROOT / part.strip().strip("`")).exists() for part in module.split(",")), row_id
        for name in re.findall(r"`?(tests/[\w/]+\.py)::(\w+)`?", tests):
            body = (ROOT / name[0]).read_text("utf-8")
            assert f"def {name[1]}(" in body, f"{row_id}: {name[1]}"
        assert "::" in tests, row_id


def test_the_repository_names_no_machine_and_no_registry() -> None:
    pattern = re.compile(
        r"/work/(main|shared)|/tmp/scratch|/root/|registry\.npmjs|pypi\.org|files\.pythonhosted|deb\.debian\.org"
    )
    found = []
    for path in tracked():
        if path.suffix in {".png", ".jpg", ".svg", ".po"} or path.name == Path(__file__).name:
            continue
        for number, line in enumerate(
            path.read_text("utf-8", errors="ignore").splitlines(), start=1
        ):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
