"""Verbs for the resident's door."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lippen.cli.options import CertificateFile, CertificateKey, Host, certificate_of, refuse_misplaced
from lippen.errors import LippenError

speak = typer.Typer(help="The resident's door: what is sealed in a browser, kept until a desk fetches it.")


@speak.callback(invoke_without_command=True)
def open_door(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", metavar="DIR", help="The workspace whose door it is.")
    ] = None,
    port: Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="Port to listen at.")] = 8001,
    host: Host = "127.0.0.1",
    certificate: CertificateFile = None,
    key: CertificateKey = None,
    page: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of another page than the one of this Lippen.")
    ] = None,
    reports: Annotated[
        int, typer.Option(metavar="N", min=1, help="Reports that one desk takes in a week.")
    ] = 500,
    photographs: Annotated[
        int, typer.Option(metavar="MIB", min=1, help="MiB of photographs that one desk takes in a week.")
    ] = 64,
) -> None:
    """Open the resident's door, on this machine or by HTTPS on a network, until it is told to stop."""
    if context.invoked_subcommand is not None:
        refuse_misplaced(context)
        return
    if workspace is None:
        raise LippenError("no workspace was named", remedy="Add --workspace DIR.")
    from lippen.site.listening import LOCAL, NotServedSafely, refuse_taken
    from lippen.site.operation.demo_mark import is_marked
    from lippen.site.operation.lock import alone_with
    from lippen.site.operation.preparing import refuse_retired
    from lippen.site.speak.page import BUILT, MANIFEST
    from lippen.site.speak.serving import Served, serve
    from lippen.site.speak.store import Quota

    given = certificate_of(certificate, key)
    if given is not None:
        given.check()
    if host not in LOCAL and given is None:
        raise NotServedSafely(
            f"off this machine ({host}) the door is opened by HTTPS only",
            remedy="Name --certificate and --key.",
        )
    if not workspace.is_dir():
        raise LippenError("there is no workspace here", file=workspace, remedy="Run lippen serve once.")
    refuse_retired(workspace)
    quota = Quota(reports, photographs * 1024 * 1024)
    served = Served(workspace.resolve(), (page or BUILT).resolve(), quota, is_marked(workspace))
    served.published.mkdir(mode=0o700, exist_ok=True)
    with alone_with(served.published, "this door is open already"):
        refuse_taken(host, port)
        served.check()

        def opened() -> None:
            shown = "localhost" if host in LOCAL else f"[{host}]" if ":" in host else host
            typer.echo(f"The door is open: {'https' if given else 'http'}://{shown}:{port}/")
            if not (served.published / MANIFEST).exists():
                typer.echo(
                    "Nobody can send anything yet. Say in"
                    f" {served.published} who the partnership is, sign it and publish it (lippen speak"
                    " manifest, docs/how-to/open-a-desk.md): the door notices, and opens."
                )

        code = serve(served, host, port, None if given is None else (given.certificate, given.key), opened)
    raise typer.Exit(code)
