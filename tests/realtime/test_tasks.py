"""What begins at once goes on as a task where it waits."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

from realtime.connection import Lanes
from realtime.tasks import begin_at_once
from tests.realtime.nodes import until


async def test_what_waits_for_nothing_is_done_in_the_same_step_and_without_a_task():
    done: list[str] = []

    async def work() -> None:
        done.append("work")

    tasks = len(asyncio.all_tasks())
    begin_at_once(work())
    assert done == ["work"]
    assert len(asyncio.all_tasks()) == tasks


async def test_what_waits_goes_on_with_what_it_waited_for_and_in_its_own_context():
    where = ContextVar("where", default="nowhere")
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    seen: list[object] = []

    async def work() -> None:
        token = where.set("there")
        seen.append(await answer)
        async with asyncio.timeout(1):  # By now it is a task like any other.
            await asyncio.sleep(0)
        seen.append(where.get())
        where.reset(token)
        seen.append("end")

    begin_at_once(work())
    assert (seen, where.get()) == ([], "nowhere")
    answer.set_result(7)
    await until(lambda: len(seen) == 3)
    assert seen == [7, "there", "end"]


async def test_what_it_waited_for_may_fail():
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    seen: list[str] = []

    async def work() -> None:
        try:
            await answer
        except ValueError as error:
            seen.append(str(error))

    begin_at_once(work())
    answer.set_exception(ValueError("no answer"))
    await until(lambda: seen == ["no answer"])


async def test_work_on_a_subject_is_done_in_its_order_and_other_subjects_go_on():
    lanes, done = Lanes(), list[str]()
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def work(name: str, *, waits: bool = False) -> None:
        if waits:
            await gate
        done.append(name)

    async def wait(name: str) -> None:
        await work(name, waits=True)

    lanes.add("a", wait, "a1")
    lanes.add("a", work, "a2")
    lanes.add("b", work, "b1")
    lanes.add("a", work, "a3")
    assert (done, lanes.waiting) == (["b1"], 3)
    gate.set_result(None)
    await until(lambda: lanes.waiting == 0)
    assert done == ["b1", "a1", "a2", "a3"]
