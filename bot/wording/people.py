"""What is said about a person's clock, and about what people did."""

from bot.message import Block, Bullets, Line, Message, Moment, Paragraph, Quiet, bold, code, line
from bot.wording import facts
from bot.wording.long import dozen
from scheduler.answers import Audited, Deed, Zone


def zone(found: Zone, how: str) -> Message:
    if found.changed:
        title = f"Your clock stands at {found.zone} now: your new jobs run by it."
    elif found.said:
        title = f"Your clock stands at {found.zone}: your new jobs run by it."
    else:
        title = f"You never said where your clock stands; your new jobs run by {found.zone}."
    blocks: list[Block] = []
    if found.elsewhere:
        first = found.elsewhere[0]
        another = code(f"{how} edit {first.id} tz={found.zone}")
        kept = [line(bold(f"#{job.id}"), f" {job.name}: {job.zone}") for job in found.elsewhere]
        keep = "keeps its" if len(kept) == 1 else "keep theirs"
        blocks.append(
            Paragraph(line(f"{facts.count(len(found.elsewhere), 'job')} of yours {keep}:"))
        )
        blocks.append(dozen(kept))
        blocks.append(Quiet(line("One of them changes with ", another)))
    if found.fixed:
        one = code(f"{how} edit <job> tz=Europe/Oslo")
        blocks.append(
            Quiet(line("It is the zone of your profile. One job gets another with ", one))
        )
    elif not found.changed:
        blocks.append(Quiet(line("Another zone: ", code(f"{how} tz Europe/Oslo"))))
    return Message(title, tuple(blocks), private=True)


def audit(found: Audited, how: str) -> Message:
    about = "" if found.job is None else f" about job {found.job}"
    if not found.deeds:
        return Message(f"The audit has nothing{about}.", private=True)
    page = f", page {found.page}" if found.page > 1 or found.more else ""
    blocks: list[Block] = [Bullets(tuple(_entry(each, found.zone) for each in found.deeds))]
    if found.more:
        which = "" if found.job is None else f" {found.job}"
        blocks.append(Quiet(line("Older: ", code(f"{how} audit{which} page {found.page + 1}"))))
    return Message(f"What was done{about}, the latest first{page}", tuple(blocks), private=True)


def _entry(entry: Deed, zone: str) -> Line:
    """When, who, from where, what, to what."""
    by = entry.by
    known = f"telegram:{by.person}" if by.platform == "telegram" else by.key
    who = f"{by.name} ({known})" if by.name else known
    what = " ".join(filter(None, (entry.action, entry.object)))
    detail = f" ({entry.detail})" if entry.detail else ""
    return line(Moment(entry.at, zone), f": {who}: {what}{detail}")
