"""How results are shown in a notebook: as HTML, which a module of `reporting` renders when it is asked for."""

from importlib import import_module


class ShownInNotebook:
    """A result that Jupyter shows as HTML.  `reporting` stands above all results, so it is imported by name."""

    def _repr_html_(self) -> str:
        html: str = import_module("gradcheck.reporting.html.notebook").render_for_notebook(self)
        return html
