"""Jobs that come from elsewhere, on both databases."""

from dataclasses import replace

from scheduler.job import JobState
from storage.store import Store
from tests.integration.stores import a_job, add, entry


async def test_jobs_are_stored_once_each_under_their_key_there(store: Store) -> None:
    jobs = [("a", a_job()), ("b", a_job())]
    first = await store.bring("hermes", jobs, entry("import"))
    assert set(first) == {"a", "b"}
    again = await store.bring("hermes", [*jobs, ("c", a_job())], entry("import"))
    assert set(again) == {"c"}
    assert await store.imported("hermes") == {
        key: job.id for key, job in {**first, **again}.items()
    }
    assert len(await store.jobs()) == 3


async def test_a_key_that_stands_twice_in_one_import_counts_once(store: Store) -> None:
    brought = await store.bring("hermes", [("a", a_job()), ("a", a_job())], entry("import"))
    assert len(brought) == len(await store.jobs()) == 1


async def test_keys_of_another_source_are_others(store: Store) -> None:
    await store.bring("hermes", [("a", a_job())], entry("import"))
    assert await store.imported("cron") == {}
    assert set(await store.bring("cron", [("a", a_job())], entry("import"))) == {"a"}


async def test_a_removed_job_is_still_known_to_have_come(store: Store) -> None:
    [job] = (await store.bring("hermes", [("a", a_job())], entry("import"))).values()
    await store.change(replace(job, state=JobState.REMOVED), entry("remove"))
    assert await store.bring("hermes", [("a", a_job())], entry("import")) == {}
    assert await store.imported("hermes") == {"a": job.id}


async def test_several_jobs_change_together_or_not_at_all(store: Store) -> None:
    first, second = await add(store), await add(store)
    stale = replace(second, revision=second.revision + 7)
    changes = [(replace(each, name="New"), entry("edit")) for each in (first, stale)]
    assert await store.change_together(changes) is None
    assert {job.name for job in await store.jobs()} == {first.name}
    changes = [(replace(each, name="New"), entry("edit")) for each in (second, first)]
    changed = await store.change_together(changes)
    assert changed is not None
    assert [(job.id, job.name) for job in changed] == [(first.id, "New"), (second.id, "New")]


async def test_nothing_to_change_changes_nothing(store: Store) -> None:
    assert await store.change_together([]) == []
