"""Where gradcheck was installed from, as a requirement that installs the same again.

Source: PEP 610, Recording the Direct URL Origin of installed distributions.
"""

import json
from importlib.metadata import Distribution, distribution
from typing import NamedTuple


class Origin(NamedTuple):
    """A requirement, such as `gradcheck==0.1.0`, and whether it is found on this machine alone."""

    requirement: str
    is_local: bool


def find_origin(installed: Distribution | None = None) -> Origin:
    """Read where gradcheck, or another distribution, was installed from: an index, a repository, a file or a folder."""
    installed = installed or distribution("gradcheck")
    text = installed.read_text("direct_url.json")
    if text is None:
        return Origin(f"{installed.name}=={installed.version}", False)
    found = json.loads(text)
    url, repository = found["url"], found.get("vcs_info")
    if repository:
        return Origin(f"{installed.name} @ {repository['vcs']}+{url}@{repository['commit_id']}", False)
    return Origin(f"{installed.name} @ {url}", url.startswith("file:"))
