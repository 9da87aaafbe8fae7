"""Verbs for the site: serve it, show it, keep it for a year, and close it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lippen.cli.options import CertificateFile, CertificateKey, Host, certificate_of, stages_of
from lippen.errors import LippenError
from lippen.wording import counted, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lippen.site.configuration import Configuration
    from lippen.site.operation.certificates import Certificate
    from lippen.site.operation.kept_process import Kept
    from lippen.site.operation.serving import Door

Site = Annotated[Path, typer.Option("--workspace", metavar="DIR", help="The site's workspace.")]
EndAll = Annotated[
    bool,
    typer.Option(
        "--end-all",
        help="End again all that is on the list of what has ended, also when that is more than half of the"
        " people, accounts or organisations.",
    ),
]
Port = Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="Port to listen at.")]
Workers = Annotated[
    int,
    typer.Option(
        "--workers", metavar="N", min=1, max=32, help="Web workers: one for each core that is to answer."
    ),
]


def serve(
    workspace: Annotated[
        Path,
        typer.Option("--workspace", metavar="DIR", help="The site's workspace; made when there is none."),
    ],
    port: Port = 8000,
    host: Host = "127.0.0.1",
    certificate: CertificateFile = None,
    key: CertificateKey = None,
    make_certificate: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Make a certificate for this host name or address, say who trusts it, and end.",
        ),
    ] = None,
    workers: Workers = 2,
) -> None:
    """Open the site, on this machine or by HTTPS on a network, until it is told to stop."""
    from lippen.site.operation.preparing import make_workspace

    given = certificate_of(certificate, key)
    if make_certificate is not None:
        _make_certificate(workspace, make_certificate, port)
        return
    door = _door(workspace, host, port, given)
    _open(make_workspace(workspace), door, workers)


def demo(
    workspace: Annotated[
        Path,
        typer.Option("--workspace", metavar="DIR", help="The demo's workspace; made when there is none."),
    ] = Path("out/site"),
    port: Port = 8000,
    door_port: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=65535,
            help="Port of the residents' door; without it the one after --port.",
        ),
    ] = None,
    workers: Workers = 2,
) -> None:
    """Open a filled site in which nobody is real, to look around as each of its people, with a residents'
    door.
    """
    from lippen.site.operation.demo_mark import mark, refuse_real
    from lippen.site.operation.preparing import make_workspace

    door = _door(workspace, "127.0.0.1", port, None)
    refuse_real(workspace)  # before anything is made: settings that were written first are for a real site
    workspace.parent.mkdir(parents=True, exist_ok=True)
    make_workspace(workspace)
    mark(workspace)
    _open(make_workspace(workspace), door, workers, door_port or min(port + 1, 65_535))


def backup(
    workspace: Site,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="PATH", help="New .tar file for the backup, or a folder to put it in."),
    ],
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the keys, which a backup leaves out, to this new file."),
    ] = None,
) -> None:
    """Back up a site while people work: database, settings and lake, at one moment."""
    from lippen.site.operation import backup as backing_up
    from lippen.site.operation import keys_file
    from lippen.site.operation.preparing import open_site
    from lippen.site.operation.starting import database_errors

    configuration = open_site(workspace, make=False)
    from lippen.site.operation import hourly  # which needs Django ready

    backing_up.refuse_place(configuration, out)  # before the file of keys is made, which is never overwritten
    if keys is not None:
        keys_file.write(keys, configuration.keys)
        typer.echo(f"The keys:   {keys} (keep it apart from the backups)")
    typer.echo(f"The backup: {backing_up.write_backup(configuration, out)}")
    with database_errors(configuration):
        hourly.keep_list_of_ended.call()


def restore(
    file: Annotated[Path, typer.Argument(metavar="BACKUP", help="A file that lippen backup wrote.")],
    workspace: Annotated[
        Path, typer.Option("--workspace", metavar="DIR", help="New or empty folder to restore it to.")
    ],
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The file that lippen backup --keys wrote, or the folder of the site's keys."
        ),
    ] = None,
    ended: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The list of what has ended; else ended.json beside the checkpoints."
        ),
    ] = None,
    end_all: EndAll = False,
) -> None:
    """Put a backup back where nothing is, once every byte of it was checked."""
    from lippen.site.operation import restoring

    done = restoring.restore(file, workspace, keys, ended, typer.echo, end_all=end_all)
    typer.echo(f"Restored to {workspace}: the site as it was at {done.made_at}, {counted(done.rows, 'row')}.")
    typer.echo(
        "What residents sent is in no backup. If they had a door, what it publishes is as it was then, with"
        " keys that were taken out since: take those away again, and sign a manifest anew before you open it"
        " (docs/how-to/open-a-desk.md)."
    )
    if done.expired:
        typer.echo(f"Deleted, since the right to hold it has run out: {counted(done.expired, 'import')}.")
    _say_what_ended(done.ended)
    if done.replaced_at:
        typer.echo(
            f"It is signed with the seal key that was replaced on {done.replaced_at}. Whoever has that key"
            " can make such a backup: use it only if you know where it lay, and check it against the panel's"
            " copies."
        )
    if done.listed_at:
        through = (
            "it is gone through when this site is upgraded"
            if done.older
            else f"{counted(len(done.ended), 'ending')} newer than the backup "
            f"{'was' if len(done.ended) == 1 else 'were'} gone through"
        )
        typer.echo(f"The list of what has ended was kept at {done.listed_at}: {through}.")
        typer.echo(f"End again by hand whatever ended after {done.listed_at}.")
    else:
        typer.echo(
            "No list of what has ended since was found: leavers, lost devices, ended keys, people who were"
            " erased and imports that were taken back or held for a shorter time may be back. It lies as"
            " ended.json in the folder of copies of the site that was backed up (checkpoint_copies in its"
            " site.toml, else its workspace's name with -checkpoints): restore once more to another folder,"
            " with --ended and that file, before anybody opens this one. Where it is lost,"
            " docs/how-to/run-it-for-a-year.md says what to go through."
        )
    if done.older:
        typer.echo(f"It is of an older Lippen. Next: lippen upgrade --workspace {workspace}")
    if done.copies:
        typer.echo(
            "There are copies of checkpoints. If this takes the place of the site that made them, next:"
            f" lippen register resume --workspace {workspace}"
        )
    else:
        typer.echo(
            "No copies of checkpoints lie where this site keeps them. If it takes the place of one that went"
            " on after the backup, name that site's folder of copies as checkpoint_copies in site.toml, then"
            f" run lippen register resume --workspace {workspace}, before anybody opens it."
        )


def upgrade(
    workspace: Site,
    file: Annotated[
        Path | None,
        typer.Option(
            "--backup",
            metavar="PATH",
            help="New .tar file or a folder for the backup from before; else beside the workspace.",
        ),
    ] = None,
    end_all: EndAll = False,
) -> None:
    """Bring a site to this version: a backup first, and as it was when anything fails."""
    from lippen.site.operation import upgrading
    from lippen.site.operation.lock import alone_with
    from lippen.site.operation.preparing import existing
    from lippen.site.operation.restoring import go_through
    from lippen.site.operation.starting import database_errors, start_site

    configuration = existing(workspace)
    with alone_with(configuration.workspace):
        start_site(configuration.workspace)
        done = upgrading.upgrade(configuration, file)
        if done.backup is not None:  # said first: what has ended may still be refused
            migrations = counted(len(done.migrations), "migration")
            typer.echo(f"Upgraded: {migrations}. The backup from before: {done.backup}")
        with database_errors(configuration):
            _say_what_ended(go_through(configuration, typer.echo, end_all=end_all))
    if done.backup is None:
        typer.echo("Nothing to do: this workspace is of this version.")


def doctor(
    workspace: Site,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The certificate it is served with, when not its own.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look a site over, and say what to fix. Ends with 1 when something is wrong."""
    import json
    from dataclasses import asdict

    from lippen.site.operation import doctor as looking
    from lippen.site.operation.findings import WRONG

    findings = looking.examine(workspace, certificate_of(certificate, key))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings], indent=1))
    else:
        for one in findings:
            line = f"{one.state:<6}{one.name}: {one.seen}." + (f" {one.remedy}" if one.remedy else "")
            typer.echo(plain(line))
    raise typer.Exit(int(any(one.state == WRONG for one in findings)))


def retire(
    workspace: Site,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="New folder for everything, in open formats.")
    ],
    name: Annotated[
        str, typer.Option("--confirm", metavar="NAME", help="The site's name, to show that you mean it.")
    ],
) -> None:
    """Close a site for good: hand out everything in open formats, wipe it, and leave a signed record."""
    from lippen.site.operation import retiring

    record = retiring.retire(workspace, out, name)
    typer.echo(f"Everything the site held: {out}")
    typer.echo(f"The signed record of its end: {record}")


def _say_what_ended(again: Sequence[str]) -> None:
    if again:
        typer.echo("Ended again, as it had ended since the backup; each is entered in the register:")
        for item in again:
            typer.echo(f"  {item.replace(':', ' ', 1)}")


def _door(workspace: Path, host: str, port: int, given: Certificate | None) -> Door:
    """Where the site will listen, and with which certificate: its own, unless another is `given`.

    Looked at before anything is made: a workspace left half-made would be in the way of the next command.
    """
    from lippen.site.listening import LOCAL
    from lippen.site.operation.certificates import made_for
    from lippen.site.operation.preparing import settings_of
    from lippen.site.operation.serving import Door

    configuration = settings_of(workspace)
    door = Door(host, port, given or (None if host in LOCAL else made_for(configuration)))
    door.check(configuration)
    return door


def _open(configuration: Configuration, door: Door, workers: int, door_port: int | None = None) -> None:
    from lippen.site.operation.lock import alone_with
    from lippen.site.operation.preparing import open_site
    from lippen.site.operation.restoring import go_through
    from lippen.site.operation.serving import serve
    from lippen.site.operation.starting import database_errors

    with alone_with(configuration.workspace):
        open_site(configuration.workspace, make=True)
        with database_errors(configuration):
            _say_what_ended(go_through(configuration, typer.echo))
        beside: list[Kept] = []
        if configuration.demo:
            from lippen.site.operation import demo, demo_lake

            demo.fill()
            if not demo_lake.is_filled(configuration.workspace):
                from lippen.site.operation import demo_town  # with all that makes and assesses a town

                demo_town.bring(configuration.workspace, stages_of(quiet=False))
            link = None
            if door_port is not None:
                beside += _door_of_demo(configuration.workspace, door_port)
        else:
            from lippen.site.accounts.entering import first_administrator_link

            link = first_administrator_link(door.origin(configuration))

        def opened() -> None:
            origin = door.origin(configuration)
            typer.echo(f"The site is open: {origin}{'/demo/' if configuration.demo else ''}")
            if configuration.demo:
                typer.echo("Nobody in it is real: sign in as anybody. Ctrl-C closes it.")
            if link is not None:
                typer.echo(f"The first administrator enters here, once: {link}")

        code = serve(configuration, door, opened, workers, beside)
    raise typer.Exit(code)


def _door_of_demo(workspace: Path, port: int) -> list[Kept]:
    """The door that stands beside a demo. Where its desks cannot be set up it stays shut, which is said."""
    from lippen.site.operation import demo, demo_door

    demo_door.forget(workspace)
    try:
        demo.set_up_desks(workspace)
    except LippenError as error:
        typer.echo(f"The residents' door stays shut: {error}", err=True)
        return []
    return [demo_door.beside(workspace, port)]


def _make_certificate(workspace: Path, name: str, port: int) -> None:
    from lippen.site.operation import certificates
    from lippen.site.operation.preparing import make_workspace

    configuration = make_workspace(workspace)
    made = certificates.make_certificate(configuration, name)
    folder = certificates.authority_folder(configuration)
    typer.echo(f"The certificate: {made.certificate} ({counted(made.days_left(), 'day')})")
    typer.echo(f"Devices trust:   {folder / certificates.AUTHORITY}")
    typer.echo(f"Compare there:   {certificates.fingerprint(folder / certificates.AUTHORITY)}")
    typer.echo(f"Take off this machine and keep: {folder / certificates.AUTHORITY_KEY}")
    if not configuration.origins:
        host = f"[{name}]" if ":" in name else name  # as browsers write an address of IPv6
        typer.echo(f'Add to {configuration.workspace / "site.toml"}: origins = ["https://{host}:{port}"]')
