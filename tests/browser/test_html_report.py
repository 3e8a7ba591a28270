"""The report in a browser: it opens, sorts, filters, shows the diagnosis, logs no error and makes no request."""

import pytest

from gradcheck.reporting.html import write_html_report
from tests.browser.chromium import Chromium, NoChromium, Tab, executable
from tests.harness.reports import PLANTED, every_kind, every_report

pytestmark = pytest.mark.browser
TEXTS = "[...document.querySelectorAll('{}')].filter(e => e.checkVisibility()).map(e => e.textContent)"
ROWS, UNITS = TEXTS.format("#units tbody th"), TEXTS.format(".unit h2")
HEADING = "#units thead th:nth-child({}) button"
CONTRASTS = """[...document.querySelectorAll('.badge, .quiet, .status, .tag, a, td, dd, .map text')].map(element => {
    const style = getComputedStyle(element), square = element.closest('g')?.querySelector('rect');
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const paint = color => { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); };
    const light = () => [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
    paint(getComputedStyle(document.body).backgroundColor);
    paint(square ? getComputedStyle(square).fill : style.backgroundColor);
    const below = light();
    paint(square || element.tagName === 'text' ? style.fill : style.color);
    const pair = [below, light()].sort((a, b) => a - b);
    return [element.outerHTML.slice(0, 60), (pair[1] + 0.05) / (pair[0] + 0.05)];
}).filter(([element, contrast]) => contrast < 4.5)"""
"""Texts whose contrast to what is below them is less than what WCAG asks for, by its formula."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    try:
        executable()
    except NoChromium as error:
        pytest.fail(str(error))
    with Chromium(tmp_path_factory.mktemp("profile")) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_html_report([*every_report().values()], path)
    return path.as_uri()


@pytest.fixture
def tab(browser, url):
    return Tab(browser).open(url)


def click(tab, selector):
    tab.evaluate(f"document.querySelector({selector!r}).click()")


def test_it_opens_asks_for_nothing_and_complains_of_nothing(tab):
    assert tab.evaluate(ROWS) == tab.evaluate(UNITS) == [*every_kind()]
    assert tab.evaluate("document.title").startswith(f"gradcheck: {len(every_kind())} units, ")
    for selector in ("[data-all=open]", "[data-all=close]", "[data-choose=wrong]", HEADING.format(1)):
        click(tab, selector)
    assert (tab.requests, tab.complaints) == ([], [])


def test_a_page_that_asks_or_complains_is_seen_to(browser, tmp_path):
    path = tmp_path / "planted.html"
    path.write_text(f"<title>own</title><img src='missing.png'>{PLANTED}<script>console.error(1); none()</script>")
    tab = Tab(browser).open(path.as_uri())
    assert [request.rpartition("/")[2] for request in tab.requests] == ["missing.png"]
    assert len(tab.complaints) == 3
    assert tab.evaluate("document.title") == "planted"


def test_a_name_or_text_is_shown_and_not_run(tab):
    assert PLANTED in tab.evaluate(ROWS)
    assert "planted" not in tab.evaluate("document.title")
    assert tab.evaluate("document.scripts.length") == 1


def test_a_script_that_gets_in_is_not_run(tab):
    """Were something not escaped, the policy would still hold."""
    tab.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'document.title = 1'}))")
    tab.evaluate("new Image().src = 'https://example.org/'")
    assert tab.evaluate("document.title").startswith("gradcheck: ")
    assert any("Content Security Policy" in text for text in tab.complaints)


@pytest.mark.parametrize(("column", "key"), [(1, str), (2, int), (4, int), (6, float), (7, float)])
def test_it_sorts_both_ways(tab, column, key):
    keys = f"[...document.querySelectorAll('#units tbody tr')].map(r => r.cells[{column - 1}].dataset.key)"
    before = tab.evaluate(keys)
    click(tab, HEADING.format(column))
    up = [key(text) for text in tab.evaluate(keys)]
    click(tab, HEADING.format(column))
    down = [key(text) for text in tab.evaluate(keys)]
    assert up[::-1] == down
    assert sorted(map(key, before)) == sorted(up)
    assert up == sorted(up, key=str.lower if key is str else None) != down
    assert tab.evaluate("[...document.querySelectorAll('[aria-sort]')].map(h => h.ariaSort)") == ["descending"]


def test_it_filters_by_name_and_by_verdict(tab):
    tab.evaluate("search.value = 'S'; search.dispatchEvent(new Event('input'))")
    with_s = [name for name in every_kind() if "s" in name.lower()]
    assert tab.evaluate(ROWS) == tab.evaluate(UNITS) == with_s
    assert tab.evaluate("shown.textContent") == f"{len(with_s)} of {len(every_kind())} shown"
    click(tab, "[data-choose=wrong]")
    left = [name for name in with_s if every_kind()[name]["verdict"] != "wrong"]
    assert tab.evaluate(ROWS) == tab.evaluate(UNITS) == left
    tab.evaluate("search.value = 'nothing'; search.dispatchEvent(new Event('input'))")
    assert tab.evaluate(ROWS) == []
    assert tab.evaluate("none.checkVisibility()")


def test_it_shows_the_diagnosis_and_copies_the_smallest_case(tab):
    unit = next(f"#unit-{k}" for k, name in enumerate(every_kind(), 1) if name == "wrong")
    click(tab, "[data-all=close]")
    click(tab, f"a[href='{unit}']")
    tab.evaluate("new Promise(requestAnimationFrame)")
    diagnosis = every_kind()["wrong"]["diagnosis"]
    assert tab.evaluate(f"document.querySelector('{unit} dl').innerText").count(diagnosis["where"]) == 1
    squares = tab.evaluate(f"document.querySelectorAll('{unit}-map-title ~ g rect').length")
    assert squares == sum(map(len, diagnosis["map"]["cells"]))
    assert tab.evaluate(f"document.querySelector('{unit}-map-title ~ .wrong rect').getBoundingClientRect().width") > 10
    assert tab.evaluate(f"document.querySelector('{unit} h2').getBoundingClientRect().top") < 900
    tab.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => window.copied = text}})"
    )
    click(tab, f"{unit} pre.copy button")
    assert tab.evaluate("copied") == every_kind()["wrong"]["rerun"]
    assert tab.evaluate(f"document.querySelector('{unit} pre.copy button').textContent") == "Copied"


def test_without_javascript_everything_is_readable_and_there_is_no_control(browser, url):
    tab = Tab(browser, javascript=False).open(url)
    assert tab.evaluate("[...document.querySelectorAll('main *')].filter(e => !e.checkVisibility()).length") == (
        tab.evaluate("document.querySelectorAll('.controls, .controls *, #none, svg title, svg desc').length")
    )
    assert tab.evaluate(TEXTS.format("button, input")) == []
    assert tab.evaluate(UNITS) == [*every_kind()]


def test_it_fits_a_phone(browser, url):
    tab = Tab(browser, width=390, height=844).open(url)
    click(tab, "[data-all=open]")
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.evaluate("[...document.querySelectorAll('.scroll')].some(e => e.scrollWidth > e.clientWidth)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_in_light_and_dark(tab, scheme):
    tab.emulate(prefers_color_scheme=scheme)
    light = "getComputedStyle(document.body).backgroundColor"
    assert (tab.evaluate(light) == "rgb(255, 255, 255)") == (scheme == "light")
    assert tab.evaluate(CONTRASTS) == []


def test_it_prints_everything_and_no_control(tab):
    tab.emulate(media="print", prefers_color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate(TEXTS.format("button:not(thead *), input")) == []
    closed = "document.querySelectorAll('details:not([open])').length"
    before = tab.evaluate(closed)
    tab.evaluate(f"addEventListener('beforeprint', () => window.printed = {closed})")
    assert tab.pdf().startswith(b"%PDF")
    assert tab.evaluate("[printed]") == [0]
    assert tab.evaluate(closed) == before > 0


def test_a_machine_without_chromium_is_told_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoChromium, match="apt-get install chromium"):
        executable()
