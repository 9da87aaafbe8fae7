"""HTTPS on a network without a certificate: an authority that vouches for one name and nothing else."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from open_sites import LONG, Client, closed, free_port, lippen, start, stop

from lippen.site.configuration import read_configuration
from lippen.site.folders import FolderUnsafe
from lippen.site.operation.certificates import (
    AUTHORITY,
    AUTHORITY_KEY,
    CertificateRefused,
    authority_folder,
    make_certificate,
)

NAME = "lippen.home.arpa"


def handshake(port: int, authority: Path, name: str, **how: ssl.TLSVersion) -> str:
    """Connect as a browser that trusts this authority and asks for this name; returns the version of TLS."""
    context = ssl.create_default_context(cafile=str(authority))
    for setting, version in how.items():
        setattr(context, setting, version)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=LONG) as raw,
        context.wrap_socket(raw, server_hostname=name) as wrapped,
    ):
        return str(wrapped.version())


def answers(certificate: Path, key: Path, authority: Path, name: str) -> None:
    """Let OpenSSL shake hands with itself over these, in memory. Raises ssl.SSLCertVerificationError."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    asking = ssl.create_default_context(cafile=str(authority))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = served.wrap_bio(to_server, to_client, server_side=True)
    client = asking.wrap_bio(to_client, to_server, server_hostname=name)
    for _ in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() is not None


def signed_by(folder: Path, subject: x509.GeneralName, to: Path) -> tuple[Path, Path]:
    """What a thief of the authority's key would make: a certificate for any name."""
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    loaded = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([subject]), critical=True)
        .sign(loaded, hashes.SHA256())
    )
    certificate, private = to / "stolen.pem", to / "stolen.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


@pytest.mark.parametrize("name", [NAME, "192.168.1.20", "fd00::1"])
def test_who_trusts_the_authority_trusts_this_name(tmp_path: Path, name: str) -> None:
    configuration = read_configuration(tmp_path / "site")
    made = make_certificate(configuration, name)
    folder = authority_folder(configuration)
    made.check()
    assert 395 <= made.days_left() <= 397
    assert not folder.is_relative_to(configuration.workspace)
    assert (folder / AUTHORITY_KEY).stat().st_mode & 0o777 == 0o600
    assert made.key.stat().st_mode & 0o777 == 0o600
    answers(made.certificate, made.key, folder / AUTHORITY, name)
    first = (folder / AUTHORITY).read_bytes()
    renewed = make_certificate(configuration, name)
    assert (folder / AUTHORITY).read_bytes() == first
    answers(renewed.certificate, renewed.key, folder / AUTHORITY, name)


@pytest.mark.parametrize(
    ("made_for", "stolen", "asked"),
    [
        (NAME, x509.DNSName("bank.example.org"), "bank.example.org"),
        (NAME, x509.IPAddress(ip_address("192.168.1.20")), "192.168.1.20"),
        (NAME, x509.IPAddress(ip_address("fd00::1")), "fd00::1"),
        ("192.168.1.20", x509.DNSName("bank.example.org"), "bank.example.org"),
        ("192.168.1.20", x509.IPAddress(ip_address("192.168.1.21")), "192.168.1.21"),
    ],
)
def test_who_steals_the_authority_can_be_no_other_site(
    tmp_path: Path, made_for: str, stolen: x509.GeneralName, asked: str
) -> None:
    configuration = read_configuration(tmp_path / "site")
    make_certificate(configuration, made_for)
    folder = authority_folder(configuration)
    certificate, key = signed_by(folder, stolen, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"permitted subtree|excluded subtree"):
        answers(certificate, key, folder / AUTHORITY, asked)


@pytest.mark.parametrize(
    "name", ["", "localhost:8000", "https://x.example.org", "a b.example.org", "-x.example.org", "x"]
)
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CertificateRefused, match="neither a host name"):
        make_certificate(read_configuration(tmp_path / "site"), name)


def test_another_name_needs_another_authority_and_a_key_that_is_away_is_asked_for(tmp_path: Path) -> None:
    configuration = read_configuration(tmp_path / "site")
    made = make_certificate(configuration, NAME)
    with pytest.raises(CertificateRefused, match="was not made for"):
        make_certificate(configuration, "other.home.arpa")
    (authority_folder(configuration) / AUTHORITY_KEY).rename(tmp_path / "drawer")
    with pytest.raises(CertificateRefused, match="its key is not"):
        make_certificate(configuration, NAME)
    made.check()
    made.key.chmod(0o644)
    with pytest.raises(CertificateRefused, match="others than its owner"):
        made.check()


def test_an_authority_is_made_in_no_folder_that_is_a_link(tmp_path: Path) -> None:
    """Another user of the machine would have its key."""
    configuration = read_configuration(tmp_path / "site")
    (tmp_path / "theirs").mkdir()
    authority_folder(configuration).symlink_to(tmp_path / "theirs")
    with pytest.raises(FolderUnsafe, match="is a link"):
        make_certificate(configuration, NAME)
    assert list((tmp_path / "theirs").iterdir()) == []


def test_an_address_of_ipv6_is_printed_as_the_origin_that_browsers_send(tmp_path: Path) -> None:
    how = ("--make-certificate", "fd00::1", "--port", "8103")
    made = lippen("serve", "--workspace", tmp_path / "site", *how)
    assert 'origins = ["https://[fd00::1]:8103"]' in made.stdout, "with the port that was asked for"
    line = next(line for line in made.stdout.splitlines() if "origins = " in line)
    (tmp_path / "site" / "site.toml").write_text(line.split(": ", 1)[1] + "\n")
    assert read_configuration(tmp_path / "site").hosts == ("[fd00::1]",)


def test_off_this_machine_it_is_served_by_https_and_no_older_tls(tmp_path: Path) -> None:
    workspace = tmp_path / "partnership"
    made = lippen("serve", "--workspace", workspace, "--make-certificate", NAME)
    assert made.returncode == 0, made.stderr
    authority = workspace.with_name("partnership-authority") / "authority.pem"
    shown = x509.load_pem_x509_certificate(authority.read_bytes()).fingerprint(hashes.SHA256())
    assert shown.hex(" ").upper() in made.stdout
    off = ("--host", "0.0.0.0")  # noqa: S104 - served by HTTPS, for a moment
    nameless = lippen("serve", "--workspace", workspace, "--port", str(free_port()), *off)
    assert nameless.returncode == 2
    assert "origins" in nameless.stderr
    port_line = next(line for line in made.stdout.splitlines() if "origins = " in line)
    (workspace / "site.toml").write_text(port_line.split(": ", 1)[1] + "\n")
    site = start("serve", workspace, None, *off)
    try:
        port = int(site.origin.rsplit(":", 1)[1])
        assert f"The site is open: https://{NAME}:8000" in workspace.with_name("partnership.log").read_text()
        assert handshake(port, authority, NAME) == "TLSv1.3"
        assert handshake(port, authority, NAME, maximum_version=ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(port, authority, "bank.example.org")
        context = ssl.create_default_context(cafile=str(authority))
        with (
            socket.create_connection(("127.0.0.1", port), timeout=LONG) as raw,
            context.wrap_socket(raw, server_hostname=NAME) as wrapped,
        ):
            wrapped.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while piece := wrapped.recv(65536):
                answer += piece
        head = answer.split(b"\r\n\r\n")[0].lower()
        assert head.startswith(b"http/1.1 200")
        assert b"strict-transport-security: max-age=31536000" in head
        with pytest.raises((ConnectionError, HTTPException)):
            Client(site.origin).get("/")
    finally:
        assert stop(site) == 0


def test_behind_a_proxy_on_this_machine_its_word_is_taken_and_nobody_elses(tmp_path: Path) -> None:
    workspace = tmp_path / "partnership"
    closed("serve", workspace, None)
    told = {"Host": "lippen.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    for proxy in (True, False):
        (workspace / "site.toml").write_text(
            f'origins = ["https://lippen.example.org"]\nproxy = {str(proxy).lower()}\n'
        )
        site = start("serve", workspace, None)
        try:
            answer = Client(site.origin).ask("GET", "/", headers=told)
            assert answer.status == 200
            assert ("strict-transport-security" in answer.headers) == proxy
            assert Client(site.origin).ask("GET", "/", headers={"Host": "other.example.org"}).status == 400
        finally:
            assert stop(site) == 0


def test_a_certificate_that_cannot_be_served_is_refused_in_a_line(tmp_path: Path) -> None:
    configuration = read_configuration(tmp_path / "one")
    made = make_certificate(configuration, NAME)
    other = make_certificate(read_configuration(tmp_path / "two"), NAME)
    asked = ("serve", "--workspace", tmp_path / "site", "--port", str(free_port()))
    for certificate, key, says in (
        (made.certificate, other.key, "do not go together"),
        (made.certificate, tmp_path / "nowhere.key", "missing"),
        (made.key, made.key, "do not go together"),
    ):
        done = lippen(*asked, "--certificate", certificate, "--key", key)
        assert done.returncode == 2
        assert says in done.stderr
        assert len(done.stderr.splitlines()) == 1
    half = lippen(*asked, "--certificate", made.certificate)
    assert half.returncode == 2
    assert "go together" in half.stderr
