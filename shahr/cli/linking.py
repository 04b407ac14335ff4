"""Links to Wikidata: proposed, reviewed, and checked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from shahr.agent import WIKIDATA
from shahr.cli.terminal import growing_progress, project_here
from shahr.errors import ReviewError, ShahrError, shown
from shahr.namespaces import ENTITY_PREFIXES, curie, iri

if TYPE_CHECKING:
    from shahr.gazetteer import Gazetteer
    from shahr.link.asking import Kept
    from shahr.link.proposing import Found
    from shahr.link.review import Candidate, Decision
    from shahr.paths import Project

_KINDS = tuple(name for name in ENTITY_PREFIXES if name != "post")
_EXCUSED = "shape:CityWikidata"  # what asks for an item of each city
_endpoint = click.option(
    "--endpoint", metavar="URL", default=WIKIDATA, show_default=True, help="The SPARQL endpoint to ask."
)


@click.group(invoke_without_command=True)
@_endpoint
@click.option("--dry-run", is_flag=True, help="Print proposals, and what has none, but write none; answers are kept.")
@click.option(
    "--kind", "kinds", type=click.Choice(_KINDS), multiple=True, help="Only such entities; may be given again."
)
@click.option("--batch", type=click.IntRange(1, 200), default=200, show_default=True, help="Terms in one request.")
@click.option("--again", is_flag=True, help="Also for entities that have a link, or of which none was found.")
@click.option("--fresh", is_flag=True, help="Forget what the endpoint answered before.")
@click.pass_context
def link(
    context: click.Context, endpoint: str, dry_run: bool, kinds: Sequence[str], batch: int, again: bool, fresh: bool
) -> None:
    """Propose Wikidata items for entities that have none, as candidates in data/links/wikidata.sssom.tsv.

    Nothing is a link before `shahr link review`. The endpoint's answers are kept in dist/link/, so a run that was
    stopped goes on where it was, and asks nothing twice.
    """
    if context.invoked_subcommand is None:
        _propose(endpoint, dry_run, kinds or _KINDS, batch, again, fresh)
    elif any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params):
        raise click.UsageError(f"write the options of `{context.invoked_subcommand}` behind it")


def _propose(endpoint: str, dry_run: bool, kinds: Sequence[str], batch: int, again: bool, fresh: bool) -> None:
    from shahr.link.asking import open_answers, open_client
    from shahr.link.proposing import propose, write_proposals

    project, client = project_here(), open_client(endpoint)
    with (
        _naming(project.dist / "link"),
        open_answers(project, client, batch, fresh) as answers,
        growing_progress("ask") as show,
    ):
        answers.show = show
        found = propose(project, answers, kinds, again)
    if dry_run:
        _print(found)
    else:
        write_proposals(project, found, date.today().isoformat())
    clear = sum(one.outcome == "match" for one in found.proposals)
    unclear = len({one.entity.id for one in found.proposals if one.outcome == "review"})
    left = len(found.entities) - clear - unclear
    click.echo(
        f"{len(found.entities)} entities: {clear} with one clear item, {unclear} with several or an unclear one, "
        f"{left} with none{'' if dry_run or not left else ' (--dry-run names them)'}; {client.requests} requests"
    )


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name what is written here in an error of the system that names nothing, such as that of a full disk."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(shown(path))
        raise


def _print(found: Found) -> None:
    """Print the proposals, entity by entity, and a row without an item for an entity that has none."""
    from shahr.link.rows import as_row
    from shahr.table import table

    rows = [as_row(proposal, "", "") for proposal in found.proposals]
    cells = [[row.subject_id, row.object_id, row.cells["confidence"], row.object_label, row.comment] for row in rows]
    proposed = {proposal.entity.id for proposal in found.proposals}
    for entity in (entity for entity in found.entities if entity.id not in proposed):
        names = ", ".join(dict.fromkeys(name.text for name in entity.names if name.role == "label"))
        cells.append([curie(entity.iri), "", "", "", f"nothing found for {names}"])
    cells.sort(key=lambda row: row[0])
    if cells:
        click.echo(table(("subject", "item", "confidence", "label", "comment"), cells))


@link.command()
@click.argument("subject", required=False)
@click.option("--accept", metavar="ID", help="Say that SUBJECT is this item, Q42053.")
@click.option("--refuse", metavar="ID", help="Say that SUBJECT is not this item.")
@click.option("--by", "author", envvar="SHAHR_AUTHOR", metavar="NAME", help="Who says so [env: SHAHR_AUTHOR].")
def review(subject: str | None, accept: str | None, refuse: str | None, author: str | None) -> None:
    """Decide on proposals: all that are open, those for SUBJECT (city:isfahan), or one item by --accept or --refuse.

    Every answer is written at once. A refused item is not proposed again; to change your mind, say the contrary.
    """
    from shahr.gazetteer import open_gazetteer
    from shahr.link.asking import read_kept
    from shahr.link.review import item_named, subject_named

    if (accept or refuse) and not subject:
        raise click.UsageError("name the entity: shahr link review city:isfahan --accept Q42053")
    if accept and refuse:
        raise click.UsageError("give one of --accept and --refuse")
    project = project_here()
    gazetteer = open_gazetteer(project.search)
    name = subject_named(gazetteer, subject) if subject else ""
    item = item_named(chosen) if (chosen := accept or refuse) else ""
    by, kept = _named(author), read_kept(project)
    if item:
        decision = _decision(gazetteer, kept, name, item, by)
        relinked = _decide(project, decision, bool(accept))
        _say_next(project, {decision.subject: bool(accept)} if relinked else {})
    else:
        _say_next(project, _ask(project, gazetteer, kept, name, by))


def _named(author: str | None) -> str:
    """Give the name of who decides, asked for on a terminal; says so where not all of it can be seen."""
    from shahr.link.review import author_named

    if author is None and sys.stdin.isatty():
        author = click.prompt("Your name, as the file shall have it", err=True)
    name = author_named(author or "")
    if name != author:
        click.echo(f"shahr: your name is written as {name}, without what cannot be seen", err=True)
    return name


def _decision(gazetteer: Gazetteer, kept: Kept, subject: str, item: str, author: str) -> Decision:
    from shahr.link.items import kept_item
    from shahr.link.review import Decision

    ours, theirs = gazetteer.entity(subject.replace(":", "/", 1)), kept_item(kept, item.removeprefix("wd:"))
    labels = (ours.label("en").text if ours else "", theirs.title if theirs else "")
    return Decision(subject, item, author, date.today().isoformat(), *labels)


def _decide(project: Project, decision: Decision, yes: bool) -> bool:
    """Write a decision, and tell whether the links are others now."""
    from shahr.link.review import accept, refuse

    effect = (accept if yes else refuse)(project, decision)
    click.echo(f"{'accepted' if yes else 'refused'}: {decision.subject} {decision.item}")
    if yes and not effect.was_proposed:
        click.echo(f"{decision.item} was not proposed by any run: `shahr link check` will look at it")
    return effect.changes_links


def _say_next(project: Project, relinked: Mapping[str, bool]) -> None:
    """Say what is to do where the links are others now; `relinked` has the entities, and whether they have one now."""
    excused = _excused(project) if relinked else set()
    for subject in (subject for subject, linked in relinked.items() if linked and iri(subject) in excused):
        click.echo(f"next: take the excuse of {subject} ({_EXCUSED}) out of data/expectations.toml, for it has an item")
    if relinked:
        click.echo("next: `shahr run` builds the graph anew")


def _excused(project: Project) -> set[str]:
    """Give the cities that may lack an item; none where the file is broken, which `shahr run` says."""
    from shahr.validate import accepted_warnings, read_expectations

    try:
        accepted = accepted_warnings(read_expectations(project.expectations))
    except ShahrError:
        return set()
    return {node for source, node in accepted if source == iri(_EXCUSED)}


def _ask(project: Project, gazetteer: Gazetteer, kept: Kept, subject: str, author: str) -> dict[str, bool]:
    """Go through the open proposals; the file is read anew for each, since an answer may settle others.

    Gives the entities whose links are others now. No lock is held while a person thinks.
    """
    from shahr.link.review import candidates
    from shahr.link.rows import read_rows

    seen, relinked = set[tuple[str, str]](), dict[str, bool]()
    while True:
        ahead = [one for one in candidates(read_rows(project), subject) if (one.subject, one.item) not in seen]
        if not ahead:
            break
        seen.add((ahead[0].subject, ahead[0].item))
        click.echo("\n".join(_shown(ahead[0], len(ahead), gazetteer, kept)))
        try:
            choice = click.Choice("ynsq")
            said = click.prompt("Is it the same? (y)es, (n)o, (s)kip, (q)uit", "s", type=choice, show_choices=False)
        except click.Abort:
            click.echo()
            said = "q"
        if said == "q":
            click.echo(f"proposals left: {len(ahead)}")
            return relinked
        if said in "yn":
            decision = _decision(gazetteer, kept, ahead[0].subject, ahead[0].item, author)
            try:
                relinked |= {decision.subject: said == "y"} if _decide(project, decision, said == "y") else {}
            except ReviewError as error:  # somebody else decided meanwhile
                click.echo(f"shahr: {error}", err=True)
    click.echo("no proposal is left" if not seen else "that was the last one")
    return relinked


def _shown(candidate: Candidate, left: int, gazetteer: Gazetteer, kept: Kept) -> list[str]:
    """Lay out a proposal: what we know, what Wikidata said when it was asked, and why the two may be one thing."""
    from shahr.link.items import kept_item
    from shahr.link.proposing import in_words

    row = candidate.rows[0]
    entity = gazetteer.entity(candidate.subject.replace(":", "/", 1))
    item = kept_item(kept, candidate.id)
    certain = "" if row.confidence is None else f"confidence {row.confidence:.2f}; "
    return [
        f"\n{candidate.subject} = {candidate.item}? ({left} to go)",
        f"  here:     {in_words(gazetteer, entity) if entity else row.subject_label}",
        f"  Wikidata: {item.in_words(kept) if item else row.object_label}",
        f"            https://www.wikidata.org/wiki/{candidate.id}",
        f"  why:      {certain}{row.comment}",
    ]


@link.command()
@_endpoint
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(endpoint: str, as_json: bool) -> None:
    """Look at the Wikidata items that entities are linked to: merged, unknown, of another type, far off (50 km)?

    Nothing is changed. Exit code 1 where something is found, 2 where nothing is but not all could be checked.
    """
    from shahr.link.asking import open_client
    from shahr.link.check import UNCHECKED, Fault
    from shahr.link.check import check as stage
    from shahr.table import table

    with growing_progress("check") as show:
        faults, links = stage(project_here(), open_client(endpoint), show)
    found = [one for one in faults if one.fault != UNCHECKED]
    if as_json:
        click.echo(json.dumps({"links": links, "faults": list(map(asdict, faults))}, ensure_ascii=False, indent=2))
    else:
        if found:
            click.echo(table([field.name for field in fields(Fault)], map(astuple, found)))
        for reason in sorted({one.message for one in faults if one.fault == UNCHECKED}):
            click.echo(f"{UNCHECKED}: {reason}")
        click.echo(f"{links} links: {len(found)} at fault, {len(faults) - len(found)} {UNCHECKED}")
    if faults:
        sys.exit(1 if found else 2)
