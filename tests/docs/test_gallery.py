"""The gallery shows every picture, with its caption and a page that explains it."""

import re
import shutil
from xml.etree import ElementTree

import pytest

from tests.docs.flow_picture import PICTURE, compute_flows, describe, draw
from tests.docs.gallery import FIGURES, PAGE, write_gallery

PLANTED = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


def test_the_page_is_what_the_script_writes():
    assert PAGE.read_text(encoding="utf-8") == write_gallery()


def test_every_picture_is_on_the_page_and_nothing_else():
    shown = re.findall(r"!\[[^\]]+\]\(figures/([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.name for path in FIGURES.iterdir())


def test_a_new_picture_changes_the_page(tmp_path):
    shutil.copy(FIGURES / "rnn.svg", tmp_path / "rnn.svg")
    assert write_gallery(tmp_path).count("\n## ") == 1
    shutil.copy(FIGURES / "gru.svg", tmp_path / "gru.svg")
    assert write_gallery(tmp_path).count("\n## ") == 2


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "rnn.svg", "rnn.svg: it has no <title>; the script that draws it writes one"),
        ("<title>A network</title>", "rnn.svg", "rnn.svg: it has no <desc>"),
        ("<title>A network</title><desc>Steps.</desc>", "lost.svg", "lost.svg: no page shows it; add "),
    ],
)
def test_a_picture_without_a_caption_or_a_page_is_refused(content, name, said, tmp_path):
    (tmp_path / name).write_text(PLANTED.format(content), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(said)):
        write_gallery(tmp_path)


def read_description(svg):
    return ElementTree.fromstring(svg).findtext("{http://www.w3.org/2000/svg}desc")


def test_the_picture_of_flows_is_of_the_flows_that_are_computed():
    flows = compute_flows()
    stored = PICTURE.read_text(encoding="utf-8")
    assert read_description(stored) == describe(flows) == read_description(draw(flows))
    assert re.search(r"^lstm +1 +1 +\S+ +\S+ +\S+ +x 0\.\d+$", read_description(stored), re.MULTILINE)
    assert read_description(stored.replace("x 0.819", "x 0.918")) != describe(flows)
