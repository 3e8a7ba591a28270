"""docs/json.md and the schema files say what the records say."""

from tests.repo import json_page
from tests.zoo.page import section


def test_the_page_shows_the_records():
    text = json_page.PAGE.read_text(encoding="utf-8")
    start, stop = section(text, "fields")
    assert text[start:stop] == json_page.fields()


def test_the_schema_files_are_those_of_the_records():
    written = {file: file.read_text(encoding="utf-8") for file in json_page.SCHEMAS.iterdir()}
    assert written == json_page.schema_files()
