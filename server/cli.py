"""The `deskwire` command: serve, work, look after people and stores."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from getpass import getpass
from pathlib import Path

from ai.llm.named import NAMED
from domain.errors import DomainError
from server.processes.child import ChildFailed
from server.processes.refusal import Refused
from server.settings import Settings, SettingsError

Options = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 when it did what it should."""
    options = _parser().parse_args(arguments)
    for name, variable in (("port", "PORT"), ("data", "DATA")):
        if (value := getattr(options, name, None)) is not None:
            os.environ[variable] = str(value)
    run: Callable[[Options], int | None] = options.run
    try:
        return run(options) or 0
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0  # Ctrl-C is how a server is meant to end.
    except ChildFailed as failure:
        for line in failure.lines:
            _tell(f"  {failure.name} | {line}")
        _tell(f"deskwire: {failure} All it printed: {failure.log}")
    except (SettingsError, Refused, DomainError, OSError) as error:
        _tell(f"deskwire: {error}")
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _tell("  df -h   # a disk is full: free some of it")
    return 1


def demo(options: Options) -> None:
    """Everything on this machine, with people to log in as."""
    from server.processes.demo import run_demo

    asyncio.run(run_demo(os.environ, _say, verbose=options.verbose))


def up(options: Options) -> None:
    """Production: MONGODB_URL, REDIS_URL and SECRET_KEY; embedded stores for what is unset."""
    from server.processes.production import run_production

    asyncio.run(run_production(os.environ, _say, workers=options.workers, verbose=options.verbose))


def stores(options: Options) -> None:
    """Only the embedded stores; prints their addresses for nodes that share them."""
    from server.processes.production import run_stores

    asyncio.run(run_stores(os.environ, _tell, verbose=options.verbose))


def node(_options: Options) -> None:
    """One node, with the settings of the environment and no supervisor."""
    settings = Settings.from_environ(os.environ)
    _become("server.node", "--port", str(settings.port))


def worker(_options: Options) -> None:
    """One worker, with the settings of the environment and no supervisor."""
    Settings.from_environ(os.environ)
    _become("server.worker")


def seed(_options: Options) -> int:
    """Put the demo's people and tickets in; what is there already stays."""
    from server.processes.production import open_stores

    async def run() -> int:
        async with open_stores(os.environ, _tell) as settings:
            seeding = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "server.demo.seeding"),
                env={**os.environ, **settings.to_environ()},
            )
            return await seeding.wait()

    return asyncio.run(run())


def user_add(options: Options) -> None:
    """Make an account; its password is asked for, or read with --password-stdin."""
    from server.auth.accounts import add_user
    from server.processes.production import open_stores
    from server.store.connect import open_store

    name: str = options.name or options.email.partition("@")[0]
    password = _read_password(from_stdin=options.password_stdin)

    async def run() -> None:
        async with open_stores(os.environ, _tell) as settings:
            store = await open_store(settings)
            try:
                await add_user(store, options.email, name, options.role, password)
            finally:
                await store.close()

    asyncio.run(run())
    _say(f"{options.email} can log in, as {options.role}")


def setup_link(_options: Options) -> None:
    """Print the link that makes the first admin, if the store is empty."""
    from server.auth.setup import setup_link as make_link
    from server.processes.production import open_stores

    async def run() -> str | None:
        async with open_stores(os.environ, _tell) as settings:
            return await make_link(settings)

    if link := asyncio.run(run()):
        _say(f"Nobody is there yet. Make the first admin (the link works once): {link}")


def backup(options: Options) -> None:
    """Write everything that is kept into one file, while the product runs or not."""
    from server.backup.commands import back_up

    asyncio.run(back_up(os.environ, options.file, _tell, force=options.force))


def restore(options: Options) -> int:
    """Put a backup into an empty store; the product must not run."""
    from server.backup.commands import restore as put_back

    return _tell_unerased(asyncio.run(put_back(os.environ, options.file, options.erasures, _tell)))


def restored(options: Options) -> int:
    """What a store needs that was put back by mongorestore or from a snapshot."""
    from server.backup.commands import restored as finish_restored

    return _tell_unerased(asyncio.run(finish_restored(os.environ, options.erasures, _tell)))


def erasures(_options: Options) -> None:
    """Print what was erased for good, by ids, to keep it outside the backups."""
    from server.backup.commands import list_erasures

    asyncio.run(list_erasures(os.environ, print, _tell))
    sys.stdout.flush()  # A list that a full disk cut off is no success.


def llm_pull(options: Options) -> None:
    """Fetch a language model into DATA/models; goes on where it broke off."""
    from ai.llm.pull import pull
    from server.processes.plan import plan_here

    settings = plan_here(os.environ).settings
    place = settings.models_dir / NAMED[options.name].file
    asyncio.run(pull(NAMED[options.name].url(settings.model_hub), place, _tell_progress))
    _say(f"{place} is there; the next start reads it")


def _tell_progress(have: int, whole: int) -> None:
    end = "\n" if have >= whole else ""
    print(f"\r  {have / 1e6:,.0f} of {whole / 1e6:,.0f} MB", end=end, file=sys.stderr, flush=True)


def articles_import(options: Options) -> int:
    """Bring articles in from a folder, a zip or a file of Markdown, HTML or CSV; again, too."""
    from server.importing.bringing import Options as Wanted
    from server.importing.bringing import Outcome
    from server.importing.command import import_articles, table_of

    named = {name: getattr(options, name) for name in ("reach", "stage", "language", "category")}
    wanted = Wanted.model_validate(named)
    lines = asyncio.run(
        import_articles(os.environ, options.path, options.by, wanted, _tell, dry=options.dry_run)
    )
    for line in table_of(lines, dry=options.dry_run):
        _say(line)
    return 1 if any(line.outcome is Outcome.BAD for line in lines) else 0


def doctor(_options: Options) -> int:
    """Check every part; say what is missing and how to get it."""
    from server.processes.doctor import examine

    return asyncio.run(examine(os.environ, _say))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deskwire", description="A real-time support server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument(
        "--data", metavar="DIR", help="the data folder (DATA; ./data of the checkout)"
    )
    serving = argparse.ArgumentParser(add_help=False, parents=[data])
    serving.add_argument("--verbose", action="store_true", help="show what every process prints")
    port = argparse.ArgumentParser(add_help=False)
    port.add_argument("--port", type=int, metavar="N", help="the first port (PORT; 8000)")

    def add(
        run: Callable[[Options], int | None], name: str, *parents: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=run.__doc__, description=run.__doc__, parents=parents
        )
        command.set_defaults(run=run)
        return command

    add(demo, "demo", serving, port)
    production = add(up, "up", serving, port)
    production.add_argument("--workers", type=_count, default=1, metavar="N", help="how many nodes")
    add(stores, "stores", serving)
    add(worker, "worker", data)
    add(node, "node", data, port)
    add(seed, "seed", data)
    users = commands.add_parser("user", help="look after accounts").add_subparsers(required=True)
    adding = users.add_parser("add", help=user_add.__doc__, parents=[data])
    adding.set_defaults(run=user_add)
    adding.add_argument("email", metavar="EMAIL")
    adding.add_argument("--role", required=True, metavar="ROLE", help="such as agent or admin")
    adding.add_argument("--name", help="as others see it; by default what stands before the @")
    adding.add_argument("--password-stdin", action="store_true", help="read the password's line")
    models = commands.add_parser("llm", help="look after language models")
    pulling = models.add_subparsers(required=True).add_parser(
        "pull", help=llm_pull.__doc__, parents=[data]
    )
    pulling.set_defaults(run=llm_pull)
    pulling.add_argument("name", choices=sorted(NAMED), metavar="NAME")
    _add_articles(commands.add_parser("articles", help="look after articles"), data)
    add(setup_link, "setup-link", data)
    add(doctor, "doctor", data, port)
    _add_backups(add, data)
    return parser


def _add_articles(articles: argparse.ArgumentParser, data: argparse.ArgumentParser) -> None:
    importing = articles.add_subparsers(required=True).add_parser(
        "import",
        help=articles_import.__doc__,
        description=f"{articles_import.__doc__} A file's front matter says title, category, "
        "language, summary, reach and stage; a folder's name is a category or a language.",
        parents=[data],
    )
    importing.set_defaults(run=articles_import)
    importing.add_argument("path", metavar="PATH", type=Path)
    importing.add_argument("--by", required=True, metavar="EMAIL", help="in whose name")
    importing.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    importing.add_argument("--reach", choices=("public", "staff"))
    importing.add_argument("--stage", choices=("draft", "published"))
    importing.add_argument("--language", type=_language, metavar="CODE", help="such as en")
    importing.add_argument("--category", metavar="NAME", help="where no folder names one")


def _add_backups(
    add: Callable[..., argparse.ArgumentParser], data: argparse.ArgumentParser
) -> None:
    backing_up = add(backup, "backup", data)
    backing_up.add_argument("file", metavar="FILE", type=Path)
    backing_up.add_argument("--force", action="store_true", help="replace a file that is there")
    putting_back = add(restore, "restore", data)
    putting_back.add_argument("file", metavar="FILE", type=Path)
    for command in (putting_back, add(restored, "restored", data)):
        command.add_argument(
            "--erasures", metavar="LIST", type=Path, help="what `deskwire erasures` printed last"
        )
    add(erasures, "erasures", data)


def _tell_unerased(refused: Sequence[str]) -> int:
    """What a person must look after; the exit code is 1 where there is something."""
    for each in refused:
        _tell(f"deskwire: not erased again: {each}")
    if refused:
        _tell(
            "deskwire: mend what is said, stop the product, then `deskwire restored` tries again."
        )
    return 1 if refused else 0


def _read_password(*, from_stdin: bool) -> str:
    """Raises Refused when none is given, or the second time another one."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass("Password: ")
        if getpass("The same again: ") != password:
            raise Refused("These were two different passwords.")
    if not password:
        raise Refused("An account needs a password.")
    return password


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return count


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise argparse.ArgumentTypeError("must be a code such as en")
    return text


def _become(*module: str) -> None:
    os.execv(sys.executable, (sys.executable, "-m", *module))


def _say(text: str) -> None:
    with suppress(OSError):  # A terminal that is gone stops nothing, and stopping least of all.
        print(text, flush=True)


def _tell(text: str) -> None:
    """To the standard error, where the standard output is for another program."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
