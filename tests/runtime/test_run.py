"""``./run``: what it installs, when it installs nothing, and what it says when it cannot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from onegrid.runtime.exits import Exit
from onegrid.runtime.paths import ROOT

RECORD = '#!/bin/sh\nprintf "%s %s\\n" "$(basename "$0")" "$*" >> "{calls}"\nexit {code}\n'


@dataclass
class Checkout:
    """A small checkout in a folder with a blank in its name; its tools only note their calls."""

    root: Path
    tools: Path
    calls: Path

    def tool(self, path: Path, code: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RECORD.format(calls=self.calls, code=code))
        path.chmod(0o755)

    def program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "run", *arguments],
            cwd="/",
            env={"PATH": f"{self.tools}:/usr/bin:/bin", "PYTHON": "python3"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> str:
        return self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "a checkout"
    made = Checkout(root, tmp_path / "tools", tmp_path / "calls")
    (root / "onegrid" / "runtime").mkdir(parents=True)
    shutil.copy(ROOT / "run", root)
    shutil.copytree(ROOT / "requirements", root / "requirements")
    (root / "package-lock.json").write_text("{}")
    (root / "onegrid" / "cli.py").write_text("import sys\nprint('command', *sys.argv[1:])\n")
    (root / "onegrid" / "runtime" / "vendor.py").write_text("")
    made.program(root / ".venv" / "bin" / "python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for name in ("app", "test"):
        shutil.copy(root / "requirements" / f"{name}.txt", root / ".venv" / f".lock-{name}")
    (root / "node_modules").mkdir()
    shutil.copy(root / "package-lock.json", root / "node_modules" / ".onegrid-lock")
    made.tool(root / ".venv" / "bin" / "uv")
    for name in ("npm", "node", "apt-get"):
        made.tool(made.tools / name)
    made.tool(made.tools / "sudo", code=1)
    made.program(made.tools / "id", "#!/bin/sh\necho 1000\n")
    made.program(made.tools / "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    return made


def test_when_nothing_changed_nothing_is_installed(checkout: Checkout) -> None:
    done = checkout.run("demo", "--port", "8001")
    assert (done.returncode, done.stdout) == (0, "command demo --port 8001\n")
    assert checkout.called() == ""


def test_any_other_word_goes_to_the_command_as_it_is(checkout: Checkout) -> None:
    done = checkout.run("import", "requests", "two words.csv")
    assert done.stdout == "command import requests two words.csv\n"


def test_a_changed_lock_of_the_product_is_installed_by_hash(checkout: Checkout) -> None:
    (checkout.root / ".venv" / ".lock-test").unlink()
    (checkout.root / ".venv" / ".lock-app").write_text("older\n")
    assert checkout.run("doctor").returncode == 0
    assert f"--require-hashes {checkout.root}/requirements/app.txt" in checkout.called()
    checkout.calls.unlink()
    assert checkout.run("doctor").returncode == 0
    assert checkout.called() == ""


def test_an_environment_for_tests_is_never_taken_back_to_less(checkout: Checkout) -> None:
    (checkout.root / ".venv" / ".lock-test").write_text("older\n")
    (checkout.root / ".venv" / ".lock-app").write_text("older\n")
    assert checkout.run("doctor").returncode == 0
    assert f"{checkout.root}/requirements/test.txt" in checkout.called()
    assert "app.txt" not in checkout.called()


def test_changed_browser_libraries_are_installed_without_their_scripts(checkout: Checkout) -> None:
    (checkout.root / "package-lock.json").write_text('{"changed": 1}')
    assert checkout.run("demo").returncode == 0
    assert "npm ci --ignore-scripts" in checkout.called()


def test_without_the_venv_package_the_command_for_root_is_named(checkout: Checkout) -> None:
    shutil.rmtree(checkout.root / ".venv")
    checkout.program(
        checkout.tools / "python3",
        f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"\n',
    )
    done = checkout.run("demo")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    wanted = f"apt-get update && apt-get install -y --no-install-recommends {version}-venv"
    assert done.returncode == Exit.MISSING_PACKAGE
    assert wanted in done.stderr
    assert "apt-get" not in checkout.called()


def test_the_packages_of_the_tests_are_named_when_they_cannot_be_installed(
    checkout: Checkout,
) -> None:
    names = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
    for name in (*names, "google-chrome-stable"):
        checkout.tool(checkout.tools / name, code=1)
    checkout.program(checkout.tools / "fc-list", "#!/bin/sh\nexit 0\n")
    done = checkout.run("test")
    assert done.returncode == Exit.MISSING_PACKAGE
    assert "chromium" in done.stderr
    assert "fonts-noto-cjk" in done.stderr


def test_a_python_that_is_too_old_is_refused_by_name(checkout: Checkout) -> None:
    shutil.rmtree(checkout.root / ".venv")
    checkout.program(checkout.tools / "python3", "#!/bin/sh\nexit 1\n")
    done = checkout.run("demo")
    assert done.returncode == Exit.MISSING_PACKAGE
    assert "python3" in done.stderr
    assert "3.11" in done.stderr
