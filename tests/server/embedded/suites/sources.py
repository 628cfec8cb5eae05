"""Which published tests are run, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A repository: the folder of this name in SUITES=, or else its public address.

    The tests are those of the installed release of `package`, or of the last one before it.
    Without an address they are in the package's own source distribution.
    """

    name: str
    address: str = ""
    package: str = ""


@dataclass(frozen=True)
class Suite:
    """Tests that are run together; each part is (source, what of it, its place here)."""

    name: str
    parts: tuple[tuple[Source, str, str], ...]
    tests: str
    options: tuple[str, ...] = ()
    # Installed for the run, without what these need.
    packages: tuple[str, ...] = ()


DRIVER = Source("pymongo", package="pymongo")
BEANIE = Source("beanie", "https://github.com/BeanieODM/beanie.git", "beanie")
SPECIFICATIONS = Source("specifications", "https://github.com/mongodb/specifications.git")

_OF_DRIVER = ((DRIVER, "test", "test"),)
_CRUD = (SPECIFICATIONS, "source/crud/tests/unified/*.json", "test/crud/unified")
_ONE_LOOP = (
    *("-o", "asyncio_mode=auto"),
    *("-o", "asyncio_default_fixture_loop_scope=session"),
    *("-o", "asyncio_default_test_loop_scope=session"),
)
_SETTINGS = (
    *("pydantic-settings", "python-dotenv"),
    *("pydantic-extra-types", "email-validator", "dnspython", "time-machine"),
)

SUITES = (
    Suite("Beanie", ((BEANIE, "tests", "tests"),), "tests/odm", _ONE_LOOP, _SETTINGS),
    *(
        Suite(
            name + client,
            (*_OF_DRIVER, _CRUD) if module == "crud_unified" else _OF_DRIVER,
            f"test/{folder}test_{module}.py",
            options,
        )
        for name, module in (
            ("CRUD specification", "crud_unified"),
            ("PyMongo, collection", "collection"),
            ("PyMongo, cursor", "cursor"),
            ("PyMongo, bulk", "bulk"),
        )
        for client, folder, options in (
            ("", "", ()),
            (", async", "asynchronous/", ("-o", "asyncio_default_fixture_loop_scope=session")),
        )
    ),
)
