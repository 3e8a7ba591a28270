"""How results are shown in a notebook: as HTML or text, which `reporting` renders when it is asked for."""

from importlib import import_module
from typing import Any

RENDERER = "gradcheck.reporting.html.notebook"


class ShownInNotebook:
    """A result that Jupyter shows as HTML and IPython as text.  `reporting`, which is above it, is imported by name."""

    def _repr_html_(self) -> str:
        html: str = import_module(RENDERER).render_for_notebook(self)
        return html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": import_module(RENDERER).render_as_text(self)}
