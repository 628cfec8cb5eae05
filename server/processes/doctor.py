"""Look at every part: does it work, and if not, which line mends it?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from redis.exceptions import RedisError

from realtime.cluster import Cluster, open_redis
from server.mail.post import SmtpPost
from server.processes.child import ChildFailed
from server.processes.finding import Finding
from server.processes.machine import (
    examine_extras,
    examine_machine,
    examine_names,
    examine_packages,
)
from server.processes.mongodb import StoreRefused, check_mongodb, clock_difference
from server.processes.plan import Plan, data_dir_of, plan_here
from server.processes.ports import PortTaken, is_free
from server.processes.refusal import Refused
from server.processes.runtime import is_running
from server.processes.stores import Store, store_specs, url_of
from server.processes.supervisor import Say, supervised
from server.settings import Settings, SettingsError, variable_of
from server.store.effects import DONE

CLOCK_SECONDS = 0.5  # A node further off the database is not ready.
ANSWER_SECONDS = 5
ANY = Cluster.RANDOM
OLDEST_REDIS = 7  # The first with sharded pub/sub.


async def examine(environ: Mapping[str, str], say: Say) -> int:
    """Print a line for every part; the exit code is 1 when one that is needed is not well."""
    needy = 0
    async for finding in _findings(environ):
        say(str(finding))
        needy += not (finding.well or finding.optional)
    say(f"\n{needy} to mend." if needy else "\nAll that is needed is there.")
    return 1 if needy else 0


async def _findings(environ: Mapping[str, str]) -> AsyncIterator[Finding]:
    for finding in (*examine_machine(data_dir_of(environ)), *examine_packages()):
        yield finding
    for finding in examine_names(environ):
        yield finding
    try:
        plan = plan_here(environ)
    except (SettingsError, Refused, OSError) as error:
        yield Finding("settings", str(error), "set what is named")
    else:
        yield Finding("settings", f"mode {plan.settings.mode}, {plan.settings.public_url}")
        yield _port(plan.settings)
        async for finding in _stores(plan):
            yield finding
        yield await _mail(plan.settings, environ)
    for finding in examine_extras():
        yield finding


def _port(settings: Settings) -> Finding:
    try:
        free = is_free(settings.host, settings.port)
    except PortTaken as error:
        return Finding("port", str(error), "PORT=8000")
    if free or is_running(settings.data_dir):
        return Finding("port", f"{settings.port} is {'free' if free else 'ours'}")
    return Finding("port", f"{settings.port} is taken", f"PORT={settings.port + 1}")


async def _stores(plan: Plan) -> AsyncIterator[Finding]:
    """Ask the stores; embedded ones that do not run are tried on an empty folder."""
    settings = plan.settings
    if not plan.embedded or is_running(settings.data_dir):
        yield await _mongodb(settings.mongodb_url)
        yield await look_at_redis(settings.redis_url)
        return
    with TemporaryDirectory() as folder:
        trial = Path(folder)
        try:
            async with supervised(trial, "deskwire doctor", lambda _: None) as kept:
                await kept.start(*store_specs(plan.embedded, trial))
                embedded = {store: url_of(store, trial) for store in plan.embedded}
                yield await _mongodb(embedded.get(Store.MONGODB, settings.mongodb_url))
                yield await look_at_redis(embedded.get(Store.VALKEY, settings.redis_url))
        except (ChildFailed, Refused) as error:
            lines = "\n".join(error.lines) if isinstance(error, ChildFailed) else ""
            yield Finding("stores", f"{error}\n{lines}", "python3 bootstrap.py setup")


async def _mail(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Greet the mail server; without one, nobody is written to."""
    if not settings.smtp_url:
        if settings.keeps_letters:
            return Finding("mail", "the demo sends none, and keeps what it would send")
        mend = "SMTP_URL=smtp://user:password@mail.example.com:587 MAIL_FROM=support@example.com"
        return Finding("mail", "SMTP_URL is not set: nobody is written to", mend, optional=True)
    greeted = await SmtpPost(settings.smtp_url, settings.mail_from).greet()
    if greeted != DONE:
        return Finding("mail", greeted.why or "not sent", "mend SMTP_URL or what it names")
    named = environ.get(variable_of("mail_from"), "").strip()
    mend = "" if named else "MAIL_FROM=support@example.com"
    return Finding("mail", f"letters go out from {settings.mail_from}", mend)


async def _mongodb(url: str) -> Finding:
    try:
        await check_mongodb(url)
        behind = await clock_difference(url)
    except StoreRefused as error:
        return Finding("mongodb", str(error), "mend MONGODB_URL or what it names")
    if abs(behind) > CLOCK_SECONDS:
        return Finding(
            "mongodb", f"its clock differs by {behind:.1f} s", "timedatectl set-ntp true"
        )
    return Finding("mongodb", "answers, and keeps what it acknowledges")


async def look_at_redis(url: str) -> Finding:
    client = open_redis(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
    try:
        async with client:
            ours = isinstance(client, Cluster)
            info: Any = await cast(Any, client).info(**({"target_nodes": ANY} if ours else {}))
    except (RedisError, OSError) as error:
        return Finding("redis", f"does not answer: {error}", "mend REDIS_URL or what it names")
    found = str(info["redis_version"])
    if info["cluster_enabled"] and not ours:
        mend = "name it as such: REDIS_URL=redis+cluster://HOST:PORT,HOST:PORT"
        return Finding("redis", "is part of a cluster", mend)
    recent = int(found.split(".")[0]) >= OLDEST_REDIS
    mend = "" if recent else f"take Redis {OLDEST_REDIS} or newer, or Valkey"
    return Finding("redis", f"answers as version {found}{', a cluster' if ours else ''}", mend)
