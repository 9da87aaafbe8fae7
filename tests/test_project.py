"""What the repository promises of itself: pinned dependencies, free licences, pages that are up to date."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from forked import run

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
BASE = [*PROJECT["dependencies"], *EXTRAS["build"]]
LOCKS = {
    "requirements.lock": BASE,
    "requirements-spark.lock": [*BASE, *EXTRAS["spark"]],
    "requirements-test.lock": [*BASE, *EXTRAS["spark"], *EXTRAS["test"]],
    "requirements-bench.lock": [*BASE, *EXTRAS["bench"]],
}


def entries(lock: str) -> list[tuple[Requirement, int]]:
    """Each pinned requirement of a lock with the number of hashes it carries."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [(Requirement(line.split("--hash")[0].strip()), line.count("--hash=sha256:")) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_by_hash_and_names_no_address(lock: str) -> None:
    for requirement, hashes in entries(lock):
        assert [one.operator for one in requirement.specifier] == ["=="], requirement
        assert requirement.url is None
        assert hashes > 0, requirement
    assert "://" not in (ROOT / lock).read_text("utf-8")
    assert "index-url" not in (ROOT / lock).read_text("utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_what_the_project_asks_for(lock: str) -> None:
    """Offline: each wanted package is pinned at a version that the project allows."""
    pinned: dict[str, list[str]] = {}
    for requirement, _ in entries(lock):
        (version,) = requirement.specifier
        pinned.setdefault(canonicalize_name(requirement.name), []).append(version.version)
    for wanted in map(Requirement, LOCKS[lock]):
        versions = pinned.get(canonicalize_name(wanted.name))
        assert versions, f"{wanted.name} is not in {lock}: run make lock"
        assert all(wanted.specifier.contains(one) for one in versions), f"{wanted} in {lock}: run make lock"


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock != "requirements.lock"])
def test_the_larger_locks_agree_with_the_base(lock: str) -> None:
    here = {str(requirement) for requirement, _ in entries(lock)}
    names = {(requirement.name, str(requirement.specifier)) for requirement, _ in entries(lock)}
    for requirement, _ in entries("requirements.lock"):
        assert str(requirement) in here or (requirement.name, str(requirement.specifier)) in names


def test_what_the_browser_half_is_built_from_is_pinned_by_hash_and_names_no_address() -> None:
    web = ROOT / "web"
    lock = json.loads((web / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((web / "package.json").read_text("utf-8"))
    packages = {path: one for path, one in lock["packages"].items() if path}
    assert lock["packages"][""]["dependencies"] == wanted["dependencies"]
    assert lock["packages"][""]["devDependencies"] == wanted["devDependencies"]
    for path, one in packages.items():
        assert one["integrity"].startswith("sha512-"), path
        assert "resolved" not in one, path
        # One copy of each library goes into the page: none has another of its own beside it.
        assert path.count("node_modules/") == 1, path
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    settings = (web / ".npmrc").read_text("utf-8").splitlines()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)
    assert not any("registry" in one and "resolved" not in one for one in settings)


FREE = {"0BSD", "Apache-2.0", "BSD-3-Clause", "MIT"}


def test_every_package_of_the_browser_half_is_explained_and_free() -> None:
    page = (ROOT / "docs/explanation/dependencies.md").read_text("utf-8")
    wanted = json.loads((ROOT / "web/package.json").read_text("utf-8"))
    for name in [*wanted["dependencies"], *wanted["devDependencies"]]:
        assert f"`{name}`" in page, f"{name} is not in docs/explanation/dependencies.md"
    lock = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))
    for path, one in lock["packages"].items():
        assert one["license"] in FREE, f"{path}: {one['license']}"


LESSER = {"psycopg", "psycopg-binary"}
"""Under the LGPL, which allows use unchanged as a library by a program under any licence. No others."""


def test_nothing_in_the_default_install_is_under_the_gpl() -> None:
    for requirement, _ in entries("requirements.lock"):
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        metadata = importlib.metadata.metadata(requirement.name)
        said = [metadata.get("License-Expression") or "", (metadata.get("License") or "").split("\n")[0]]
        said += [one for one in metadata.get_all("Classifier") or [] if one.startswith("License")]
        assert any(said), f"{requirement.name} does not state its licence"
        text = " ".join(said)
        lesser = re.search(r"LGPL|(Lesser|Library) General Public", text) is not None
        assert lesser == (canonicalize_name(requirement.name) in LESSER), f"{requirement.name}: {text}"
        assert lesser or not re.search(r"GPL|General Public License", text), f"{requirement.name}: {text}"


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs/explanation/dependencies.md").read_text("utf-8")
    for wanted in map(Requirement, [*BASE, *EXTRAS["spark"], *EXTRAS["test"], *EXTRAS["bench"]]):
        assert f"`{wanted.name}`" in page, f"{wanted.name} is not in docs/explanation/dependencies.md"


@pytest.mark.parametrize("name", [Requirement(one).name for one in EXTRAS["spark"]])
def test_programs_that_tests_start_find_nothing_that_spark_alone_needs(name: str) -> None:
    importlib.metadata.version(name)  # it is there
    code = f"import importlib.util; importlib.util.find_spec({name!r})"
    started = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=False
    )
    for done in (started, run("-c", code)):
        assert done.stderr.endswith(f"ModuleNotFoundError: No module named {name!r}\n")


def test_the_licence_is_the_one_that_is_named() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_make_says_what_it_can_do() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    said = set(re.findall(r"^# make ([a-z ]+?)  ", makefile, re.M))
    said = {word for words in said for word in words.split()}
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.M)
    assert set(phony.split()) - {"help", "clean", "system-packages"} == said


def test_every_promise_names_tests_that_exist() -> None:
    page = (ROOT / "docs/operating-code.md").read_text("utf-8")
    promises = page.split("\n## ")[1:]
    assert len(promises) >= 5
    for promise in promises:
        named = re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", promise)
        assert named, promise.splitlines()[0]
        for path, test in named:
            assert f"def {test}(" in (ROOT / path).read_text("utf-8"), f"{path}::{test}"


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_the_readme_opens_with_what_lippen_is_for_and_makes_no_grand_claim() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    opening = " ".join(readme.split("\n\n")[1].split())
    assert opening.startswith(
        "Lippen helps community groups, council, services and police act together against"
    )
    assert opening.endswith("an outsider can check every access; nobody is scored.")
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        assert not re.search(r"\b(platform|solution)\b", page.read_text("utf-8"), re.I), page
