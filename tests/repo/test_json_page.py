"""docs/json.md says what the schema says."""

from tests.repo import json_page
from tests.zoo.page import section


def test_the_page_shows_the_schema():
    text = json_page.PAGE.read_text(encoding="utf-8")
    start, stop = section(text, "fields")
    assert text[start:stop] == json_page.fields()
