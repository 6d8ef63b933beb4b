"""What docs/embedding.md promises to analysts."""

import ast
import importlib
import re
from pathlib import Path

import folium

from maps.page import build_map, render_page
from tests.maps.studies import make_study

DOCUMENT = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text(encoding="utf-8")


def test_a_map_is_a_folium_map_that_shows_itself_in_a_notebook(tmp_path):
    study = make_study(side=3)
    page = build_map(study)
    assert isinstance(page, folium.Map)
    frame = page._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert 'title="In ' in frame
    assert "sandbox=" in frame
    assert "allow-same-origin" not in frame
    page.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == render_page(study)


def test_the_names_in_the_document_exist():
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        for statement in ast.walk(ast.parse(block)):
            if isinstance(statement, ast.ImportFrom) and statement.module.split(".")[0] in {"geo", "layers", "maps"}:
                module = importlib.import_module(statement.module)
                assert all(hasattr(module, alias.name) for alias in statement.names)
