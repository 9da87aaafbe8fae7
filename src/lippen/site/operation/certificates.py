"""HTTPS for a site on a network of its own: a local authority, and certificates for the site's name.

    ../<workspace>-authority/authority.pem      the authority, for phones and laptops to trust
    ../<workspace>-authority/authority.key      its key, beside the workspace and never in it
    keys/certificate.pem, keys/certificate.key  what the site shows, for 397 days

A device that trusts an authority believes it about every site in the world, unless the authority itself says
otherwise. This one does: it is constrained to the one name it was made for (RFC 5280, 4.2.1.10, marked
critical), so that who steals its key can pretend to be this site and nothing else.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lippen.errors import LippenError
from lippen.site.configuration import Configuration
from lippen.site.folders import make_parents, make_private, refuse_reached_by_others
from lippen.site.keys import prepare_folder
from lippen.wording import counted

AUTHORITY_DAYS: Final = 10 * 365
CERTIFICATE_DAYS: Final = 397  # phones refuse longer ones
CERTIFICATE, CERTIFICATE_KEY = "certificate.pem", "certificate.key"
AUTHORITY, AUTHORITY_KEY = "authority.pem", "authority.key"

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


class CertificateRefused(LippenError):
    """A certificate cannot be made or used."""


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path

    def days_left(self) -> int:
        """Whole days until it expires; below zero when it has. Raises CertificateRefused."""
        try:
            read = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise CertificateRefused(f"this is no certificate ({error})", file=self.certificate) from error
        return (read.not_valid_after_utc - datetime.now(UTC)).days

    def check(self) -> None:
        """Raise CertificateRefused when it cannot be served: missing, of another key, exposed or expired."""
        for file in (self.certificate, self.key):
            if not file.is_file():
                raise CertificateRefused("this file is missing", file=file, remedy="Check the name.")
        if self.key.stat().st_mode & 0o077:
            raise CertificateRefused(
                "others than its owner can read this key", file=self.key, remedy=f"Run chmod 600 {self.key}"
            )
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key)
        except (ssl.SSLError, OSError) as error:
            raise CertificateRefused(
                f"this certificate and {self.key} do not go together ({error.strerror or error})",
                file=self.certificate,
                remedy="Name the certificate and the key that belong to each other, as PEM files.",
            ) from error
        if (left := self.days_left()) < 0:
            raise CertificateRefused(
                f"this certificate expired {counted(-left, 'day')} ago",
                file=self.certificate,
                remedy="Renew it.",
            )


def made_for(configuration: Configuration) -> Certificate | None:
    """The certificate that `make_certificate` made for this workspace, or None."""
    found = Certificate(configuration.keys / CERTIFICATE, configuration.keys / CERTIFICATE_KEY)
    return found if found.certificate.exists() else None


def authority_folder(configuration: Configuration) -> Path:
    """Where the authority lies: beside the workspace, to be taken off the machine."""
    return configuration.workspace.with_name(f"{configuration.workspace.name}-authority")


def make_certificate(configuration: Configuration, name: str) -> Certificate:
    """Make a certificate for `name`, a host name or an address, and its authority when there is none yet.

    An authority that is there signs again, so that a renewal asks nothing of the devices that trust it.
    Raises CertificateRefused when the name is none, or is not the one the authority was made for;
    FolderUnsafe when somebody else could reach the authority's key.
    """
    subject = _general_name(name)
    folder = authority_folder(configuration)
    if not (folder / AUTHORITY).exists():
        _make_authority(folder, name, subject)
    if not (folder / AUTHORITY_KEY).exists():
        raise CertificateRefused(
            "the authority is here and its key is not",
            file=folder / AUTHORITY_KEY,
            remedy="Bring the key back from where it is kept for as long as this takes.",
        )
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    allowed = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    if _constraint(subject) not in allowed:
        raise CertificateRefused(
            f"the authority was not made for {name}",
            file=folder,
            remedy="Use its own name, or move this folder away; devices then have to trust a new one.",
        )
    loaded = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise CertificateRefused("this is no key of Lippen's authority", file=folder / AUTHORITY_KEY)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_named("Lippen"))  # an address here would be taken for a host name, and refused
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(min(now + timedelta(days=CERTIFICATE_DAYS), authority.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(loaded.public_key()), critical=False
        )
        .sign(loaded, hashes.SHA256())
    )
    made = Certificate(configuration.keys / CERTIFICATE, configuration.keys / CERTIFICATE_KEY)
    prepare_folder(configuration.keys)
    _write(made.key, _pem(key), 0o600)
    _write(made.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return made


def fingerprint(certificate: Path) -> str:
    """What a person compares on both devices: SHA-256, in pairs."""
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    return read.fingerprint(hashes.SHA256()).hex(" ").upper()


def _make_authority(folder: Path, name: str, subject: x509.GeneralName) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    called = _named(f"Lippen at {name}")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True), critical=True)
        .add_extension(x509.NameConstraints(_constraints(subject), _excluded(subject)), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    refuse_reached_by_others(folder.parent)
    make_parents(folder.parent)
    make_private(folder)
    _write(folder / AUTHORITY_KEY, _pem(key), 0o600)
    _write(folder / AUTHORITY, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if not _HOST.fullmatch(name) or len(name) > 253:
            raise CertificateRefused(
                f"{name!r} is neither a host name nor an address",
                remedy="Write it as lippen.example.org, lippen.home.arpa or 192.168.1.20, without a port.",
            ) from None
        return x509.DNSName(name)


def _constraint(subject: x509.GeneralName) -> x509.GeneralName:
    if isinstance(subject, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(str(subject.value)))
    return subject


def _constraints(subject: x509.GeneralName) -> list[x509.GeneralName]:
    return [_constraint(subject)]


def _excluded(subject: x509.GeneralName) -> list[x509.GeneralName] | None:
    """What the permitted name leaves open: a constraint on names says nothing about addresses."""
    everywhere = [
        x509.IPAddress(ipaddress.ip_network("0.0.0.0/0")),
        x509.IPAddress(ipaddress.ip_network("::/0")),
    ]
    if isinstance(subject, x509.DNSName):
        return list(everywhere)
    other = everywhere[1] if subject.value.version == 4 else everywhere[0]
    return [other, x509.DNSName("")]


def _key_usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
