"""The engine of one process."""

import asyncio

from scheduler.engines.local import LocalEngine
from scheduler.run import RunId

RUN = RunId(1)


async def test_a_run_that_is_stopped_twice_still_records_how_it_ended() -> None:
    began, recorded = asyncio.Event(), []

    async def execute(run_id: RunId) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            recorded.append(run_id)

    engine = LocalEngine(1)
    await engine.start(execute)
    await engine.submit(RUN)
    await began.wait()
    await engine.cancel(RUN)
    await asyncio.sleep(0)
    await engine.cancel(RUN)
    await engine.stop(patience=0)
    assert recorded == [RUN]
