"""No text of the product or of its outputs uses words that harm, or claims what the data cannot carry."""

import ast
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))
AVOID = [
    (re.compile(rf"\b{word}\b", re.IGNORECASE), rule["instead"]) for rule in RULES["avoid"] for word in rule["words"]
]
ANY = re.compile("|".join(pattern.pattern for pattern, _ in AVOID), re.IGNORECASE)
"""All of them at once: what holds none, as most texts do, is gone through once and not sixty times."""
OURS = ("geo", "layers", "maps", "examples", "docs", "cli.py", "README.md", "METHOD.md", "ARCHITECTURE.md", "CHANGELOG.md",
        "CONTRIBUTING.md", "SECURITY.md")  # fmt: skip


def files() -> list[Path]:
    listed = [
        path for name in OURS for path in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))
    ]
    kinds = {".py", ".toml", ".md", ".j2", ".js", ".css", ".csv", ".html"}
    return sorted(path for path in listed if path.suffix in kinds and "__pycache__" not in path.parts)


def texts_of(path: Path) -> list[str]:
    """Return what a file says: all of it, of Python the strings and comments' neighbours, names included."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return [text]
    return [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def faults(text: str, *, file: str = "") -> list[str]:
    if not ANY.search(text):
        return []
    found = []
    for pattern, instead in AVOID:
        for match in pattern.finditer(text):
            around = text[max(match.start() - 60, 0) : match.end() + 60]
            if not any(rule["file"] == file and rule["around"] in around for rule in RULES["allowed"]):
                found.append(f"{file}: {match[0]!r} in {around!r}. {instead}")
    return found


class Visible(HTMLParser):
    """Everything a page shows or reads out: text, attributes, and the words inside its data."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [
            value for name, value in attrs if value and name in {"title", "alt", "aria-label", "content", "placeholder"}
        ]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_of_the_product(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert not [fault for text in texts_of(path) for fault in faults(text, file=name)]


def test_every_output_of_the_example(telling: Path) -> None:
    for path in sorted((telling / "out").iterdir()):
        if path.suffix == ".html":
            page = Visible()
            page.feed(path.read_text(encoding="utf-8"))
            text = "\n".join(page.texts)
        else:
            text = path.read_bytes().decode("utf-8", "ignore")
        assert not faults(text, file=path.name)


@pytest.mark.parametrize(
    "sentence",
    ["This truck stop is a hotspot.", "a high-risk motel", "Suspected cases", "rescued girls", "illegal aliens", "a trafficking site", "a hotbed of it", "people in chains", "migrantes ilegales"],
)  # fmt: skip
def test_the_check_finds_what_it_should(sentence: str) -> None:
    assert faults(sentence)


@pytest.mark.parametrize(
    "sentence", ["People were not reached.", "At risk of losing housing", "Save the page", "Johnson County"]
)
def test_the_check_leaves_plain_words(sentence: str) -> None:
    assert not faults(sentence)


def test_allowed_quotations_are_all_needed() -> None:
    for rule in RULES["allowed"]:
        path = ROOT / rule["file"]
        assert any(faults(text) for text in texts_of(path) if rule["around"] in text), rule
