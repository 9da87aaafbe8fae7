"""What arrives: files of one kind of signal in, one checked table out, and every refused row with its reason.

mapping = load_mapping("milwaukee.toml")
report = import_folder("calls/", mapping, workspace, stages)
incidents = workspace.signals("incident")
"""

from lippen.signals.authority import Authority, AuthorityExpired
from lippen.signals.checking import Check, check_mapping
from lippen.signals.folder import import_folder
from lippen.signals.kinds import Column, Kind, kind_names, load_kind
from lippen.signals.mapping import Mapping, MappingError
from lippen.signals.mapping_file import load_mapping, parse_mapping
from lippen.signals.propose import Proposal, propose_mapping
from lippen.signals.report import FileCount, ImportRefused, ImportReport, NotRead

__all__ = [
    "Authority",
    "AuthorityExpired",
    "Check",
    "Column",
    "FileCount",
    "ImportRefused",
    "ImportReport",
    "Kind",
    "Mapping",
    "MappingError",
    "NotRead",
    "Proposal",
    "check_mapping",
    "import_folder",
    "kind_names",
    "load_kind",
    "load_mapping",
    "parse_mapping",
    "propose_mapping",
]
