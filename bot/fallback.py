"""Whom a message reaches when its place refuses it for good: thread, chat, creator, admin chat."""

from collections.abc import Collection

from scheduler.job import Place, Principal


def next_place(
    refused: Collection[Place],
    home: Place,
    owner: Principal | None,
    admin: Place | None,
    platforms: Collection[str],
) -> Place | None:
    """The first place of the chain that did not refuse yet, on a platform that is attached."""
    own = None if owner is None else own_place(owner)
    for place in (home, home.whole_chat, own, admin):
        if place is not None and place.platform in platforms and place not in refused:
            return place
    return None


def own_place(person: Principal) -> Place | None:
    """A person's direct messages; the terminal has none."""
    match person.platform:
        case "terminal":
            return None
        case "telegram":
            return Place("telegram", person.person, person.person)
        case _:
            return Place(person.platform, person.workspace, person.person)
