"""Writes docs/gallery.md, a page of all pictures in docs/figures:  python -m tests.docs.gallery

The caption of a picture is its own title and the first lines of its description; the pages that show it are found.
"""

import os
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIGURES, PAGE = DOCS / "figures", DOCS / "gallery.md"
HEAD = """# Gallery

Every picture of this documentation. Each is drawn by a script from the code or from measured figures; the page that is
named below it explains it.
"""
SVG = "{http://www.w3.org/2000/svg}"


def write_gallery(figures: Path = FIGURES) -> str:
    """The whole page.  ValueError, naming the picture, if one has no title or description, or if no page shows it."""
    return "\n".join([HEAD, *(write_entry(path) for path in sorted(figures.glob("*.svg")))])


def write_entry(path: Path) -> str:
    root = ElementTree.parse(path).getroot()
    title, about = (read_text(root, tag, path) for tag in ("title", "desc"))
    pages = find_pages(path.name)
    if not pages:
        raise ValueError(f"{path.name}: no page shows it; add ![...](figures/{path.name}) to the page that explains it")
    links = ", ".join(f"[{name}]({os.path.relpath(page, DOCS)})" for name, page in pages.items())
    return f"## {title}\n\n![{title}](figures/{path.name})\n\n{about}\n\nFrom {links}.\n"


def read_text(root: ElementTree.Element, tag: str, path: Path) -> str:
    """The first paragraph of the title or the description."""
    text = unescape(root.findtext(SVG + tag) or "").strip().partition("\n")[0]
    if not text:
        raise ValueError(f"{path.name}: it has no <{tag}>; the script that draws it writes one")
    return text


def find_pages(name: str) -> dict[str, Path]:
    """The pages that show a picture, by their headings."""
    found = {}
    for page in (DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        if page != PAGE and re.search(rf"!\[[^\]]*\]\([^)]*figures/{re.escape(name)}\)", text):
            found[text.partition("\n")[0].removeprefix("# ")] = page
    return found


def main() -> None:
    PAGE.write_text(write_gallery(), encoding="utf-8")


if __name__ == "__main__":
    main()
