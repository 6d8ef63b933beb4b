"""The help line in words: the same on every output, with the day on which somebody made sure of it."""

from geo.project import Hotline, Project
from maps.names import clean
from maps.texts import Texts, load_texts


def help_line(project: Project) -> str:
    """Return the project's help line as one sentence, in its language, for tables and the terminal."""
    texts = load_texts(project.language)
    return f"{ways_to_call(project.hotline, texts)}. {checked(project.hotline, texts)}"


def ways_to_call(line: Hotline, texts: Texts) -> str:
    """Return name, numbers and address of a help line, and the line of the state."""
    ways = [texts("page.hotline_call", phone=line.phone)]
    ways += [texts("page.hotline_text", text=line.text)] if line.text else []
    ways += [texts("page.hotline_tty", tty=line.tty)] if line.tty else []
    ways += [line.url] if line.url else []
    state = f". {clean(line.state_line)}" if line.state_line else ""
    return f"{clean(line.name)}: {', '.join(clean(way) for way in ways)}{state}"


def checked(line: Hotline, texts: Texts) -> str:
    """Return when somebody last made sure of it."""
    return f"{texts('page.hotline_checked', date=texts.date(line.checked_on))}."
