"""Verbs for what a partnership publishes at the resident's door: keys, manifest, leaflet, and their check."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lippen.cli.options import named_folder
from lippen.errors import LippenError
from lippen.wording import counted, plain

if TYPE_CHECKING:
    from lippen.site.speak.manifest import Payload

Workspace = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="The workspace whose door it is.")
]
Days = Annotated[
    int, typer.Option(metavar="N", min=1, max=31, help="For how many days the manifest is believed.")
]
Page = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of another page than the one of this Lippen.")
]
OneDesk = Annotated[
    bool,
    typer.Option(
        "--one-desk", help="There is one desk on purpose, as for a trial: nobody can choose another."
    ),
]
SixWords = '"one two three four five six"'


def make_key(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="New file for the key.")],
) -> None:
    """Make the partnership's key, on a machine without a network, and say the six words it is known by."""
    from lippen.site.speak.fingerprint import fingerprint
    from lippen.site.speak.partnership_key import make_partnership_key

    words = fingerprint(make_partnership_key(out).public())
    typer.echo(f"The partnership's key: {out}")
    typer.echo(f"Its six words:         {words}")
    typer.echo("Now, two people together:")
    typer.echo("1. Each writes the six words down by hand. They stand on every leaflet, and never change.")
    typer.echo("2. Copy the file to a second encrypted stick. Each stick goes into a drawer of its own.")
    typer.echo("3. Neither stick is ever put into the machine that serves the page.")


def make_recovery_key(
    public: Annotated[
        Path,
        typer.Option(
            "--public",
            metavar="FILE",
            help="New file for the public half: recovery.json, for the desk's folder.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="New file with a sheet to print, not the terminal."),
    ] = None,
) -> None:
    """Make a desk's recovery key, on a machine without a network. Its private half goes on paper, once."""
    from lippen.site.speak.desk_keys import recovery_file
    from lippen.site.speak.hybrid_keys import HybridSeed
    from lippen.site.speak.new_files import refuse_there, show_secret, write_new

    refuse_there(public, out)
    seed = HybridSeed.draw()
    today = _today()
    sheet = (
        "RECOVERY KEY OF A DESK\n\n"
        "Name of the desk, by hand: ______________________________\n"
        f"Its public half: {public}\n"
        f"Made on {today}. It opens every report that the desk was sent and still holds.\n"
        "Two people keep it, in an envelope that both have signed across the flap.\n"
        "Once it was used, make a new one: lippen speak recovery-key\n\n"
        f"{seed.identity()}\n"
    )
    # The public half last: nobody seals to a key that nobody was given.
    if out is None:
        show_secret(sheet)
        typer.echo("It is shown this once and kept nowhere. Write it down, and have the other read it back.")
    else:
        write_new(out, sheet.encode(), secret=True)
        typer.echo(f"The sheet: {out}. Print it where nobody else can, then delete the file.")
    write_new(public, recovery_file(seed.recipient(), today).encode())
    typer.echo(f"The public half: {public}. It goes to speak/desks/<desk>/recovery.json in the workspace.")


def make_manifest(
    workspace: Workspace,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The partnership's key: signs and publishes at once.")
    ] = None,
    unsigned: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what is to be signed to a new file, to carry to the key."),
    ] = None,
    days: Days = 30,
    page: Page = None,
    one_desk: OneDesk = False,
) -> None:
    """Check what a partnership publishes, and sign it, or write down what is to be signed elsewhere."""
    from lippen.site.speak import manifest, publishing
    from lippen.site.speak.fingerprint import fingerprint
    from lippen.site.speak.new_files import refuse_there, write_new
    from lippen.site.speak.page import BUILT
    from lippen.site.speak.partnership_key import read_partnership_key

    if (key is None) == (unsigned is None):
        raise LippenError(
            "either --key or --unsigned says what becomes of the manifest",
            remedy="Name --unsigned FILE, and sign it where the key is: lippen speak sign",
        )
    refuse_there(unsigned)
    prepared = publishing.prepare(workspace, _today(), days, page or BUILT, one_desk=one_desk)
    if unsigned is not None:
        write_new(unsigned, prepared.payload.content)
        _say(prepared.payload)
        typer.echo(f"To be signed: {unsigned}. Next, where the key is: lippen speak sign {unsigned}")
    if key is not None:
        secret = read_partnership_key(key)
        content = manifest.sign(prepared.payload, secret)
        publishing.publish(
            content, workspace, _today(), expected=fingerprint(secret.public()), page=page or BUILT
        )
        _say(prepared.payload)
        typer.echo(f"Signed and published. Its six words: {fingerprint(secret.public())}")


def sign_payload(
    payload: Annotated[
        Path, typer.Argument(metavar="PAYLOAD", help="What lippen speak manifest --unsigned wrote.")
    ],
    key: Annotated[Path, typer.Option(metavar="FILE", help="The partnership's key.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="New file for the signed manifest.")],
) -> None:
    """Sign what is to be published, on the machine without a network. Reads nothing but these two files."""
    from lippen.site.speak import manifest, publishing
    from lippen.site.speak.fingerprint import fingerprint
    from lippen.site.speak.new_files import refuse_there, write_new
    from lippen.site.speak.partnership_key import read_partnership_key

    refuse_there(out)
    read = manifest.read_payload(publishing.content_of(payload), payload)
    read.refuse_expired(_today())
    read.refuse_unfit(payload)
    secret = read_partnership_key(key)
    write_new(out, manifest.sign(read, secret))
    _say(read)
    typer.echo(f"Signed: {out}. Its six words: {fingerprint(secret.public())}")
    typer.echo("Next, where the page is: lippen speak publish")


def publish_manifest(
    signed: Annotated[Path, typer.Argument(metavar="MANIFEST", help="What lippen speak sign wrote.")],
    workspace: Workspace,
    fingerprint: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS", help=f"The six words of its key, from the leaflet, the first time: {SixWords}."
        ),
    ] = None,
    page: Page = None,
) -> None:
    """Put a signed manifest and the keys it speaks of where the door finds them, once both were checked."""
    from lippen.site.speak import publishing
    from lippen.site.speak.fingerprint import fingerprint as words_of
    from lippen.site.speak.page import BUILT

    content = publishing.content_of(signed)
    done = publishing.publish(
        content, workspace, _today(), expected=fingerprint, page=page or BUILT, carried=signed
    )
    _say(done.payload)
    typer.echo(f"Published. Its six words: {words_of(done.key)}")


def verify_page(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="The page's address, as on the leaflet: https://...")
    ],
    fingerprint: Annotated[
        str, typer.Option(metavar="WORDS", help=f"The six words from the leaflet: {SixWords}.")
    ],
    authority: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A certificate (PEM) to trust beside those of this machine."),
    ] = None,
) -> None:
    """Fetch the page and all it loads, and compare each file and header with what the partnership signed.

    The one command that opens a connection, to the address that it is given. Exit code 0: as it was signed.
    1: something differs. 2: it could not be checked.
    """
    from lippen.site.speak.page_check import check_page

    found = check_page(address, fingerprint, _today(), authority)
    for one in found:
        typer.echo(plain(f"{'differs' if one.faults else 'same':<8}{one.what}"))
        for fault in one.faults:
            typer.echo(plain(f"        {fault}"))
    wrong = sum(1 for one in found if one.faults)
    if wrong:
        typer.echo(
            f"{counted(wrong, 'thing')} of {len(found)} not as signed. Tell the partnership by telephone."
        )
        raise typer.Exit(1)
    typer.echo("This is the page that was signed, as it is shown to this machine now.")


def make_leaflet(
    workspace: Workspace,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the sheets.")
    ],
    address: Annotated[str, typer.Option(metavar="URL", help="The page's address, one for everybody.")],
    language: Annotated[
        str, typer.Option(metavar="CODE", help="Language of the sheets: en, or another there are words in.")
    ] = "en",
) -> None:
    """Write a leaflet (A6, two sides) and a poster (A4) for what is published: PDF, and SVG to change."""
    from lippen.site.speak import leaflet, publishing
    from lippen.site.speak.new_files import replace_sheet
    from lippen.site.speak.page_address import Address

    words = leaflet.words_in(language)
    made = leaflet.make_leaflet(publishing.published(workspace, _today()), Address.read(address), words)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        replace_sheet(out / name, content)
        typer.echo(f"{out / name}")
    if not words.checked:
        typer.echo(f"No speaker of {words['language']} has checked these words yet, and the sheet says so.")
    if not any(name.endswith(".pdf") for name in made):
        typer.echo(
            "Its letters join or run from the right: open the SVG in a browser and print it from there."
        )


def _say(payload: Payload) -> None:
    """What stands in a manifest, for whoever answers for it."""
    typer.echo(plain(f"{payload.name}, until {payload.expires}:"))
    for desk in payload.desks:
        reached = ", ".join(filter(None, (desk.telephone, desk.drop_in, desk.freepost)))
        typer.echo(plain(f"  {desk.id}: {desk.name} ({reached}), keys until {desk.until}"))
    typer.echo(f"  {counted(len(payload.files), 'file')} of the page")
    if payload.one_desk:
        typer.echo(
            "THERE IS ONE DESK. The page tells residents that they can pick one where nobody knows them, and"
            " shows this one alone. Whoever has a cousin there can tell nobody: add a second desk soon."
        )


def _today() -> date:
    return datetime.now(UTC).date()
