"""The structure of pages does not change unnoticed: see `golden_pages`."""

import difflib

import pytest

from tests.browser.golden_pages import PAGES, file_of, outline, shortened


@pytest.mark.parametrize("name", PAGES)
def test_the_structure_is_the_kept_one(visit, name):
    kept, now = file_of(name).read_text(encoding="utf-8"), outline(visit(name).page)
    difference = "\n".join(difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=2))
    assert not difference, f"the page has another structure; if that is meant, run: make golden\n{difference}"


def test_rows_like_the_first_and_running_text_are_left_out():
    snapshot = (
        '- table:\n  - rowgroup:\n    - row "1 Holmes":\n      - cell\n    - row "2 Hinds":\n      - cell\n'
        "  - text: Page 2\n- 'button \"Rows 1–9: 3.5\"'\n- listitem: 7\n- listitem: 8"
    )  # fmt: skip
    assert shortened(snapshot) == (
        '- table:\n  - rowgroup:\n    - row "# Holmes":\n      - cell\n- \'button "Rows #–#: #"\'\n- listitem: #'
    )
