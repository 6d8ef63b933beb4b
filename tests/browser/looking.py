"""How the browser checks measure a page: boxes, overlaps, accessibility."""

import re

import pytest

OVERLAPS = """(selector) => {
  const boxes = [...document.querySelectorAll(selector)].filter(n => n.style.visibility !== 'hidden' && n.offsetParent)
    .map(n => (n.querySelector('span, svg') || n).getBoundingClientRect()).filter(r => r.width);
  let hits = 0;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
    if (a.left < b.right - 1 && a.right > b.left + 1 && a.top < b.bottom - 1 && a.bottom > b.top + 1) hits += 1;
  }));
  return {hits, shown: boxes.length};
}"""
LABELS = ".rank, .shield-box, .town, .area-name"
AREA_BOX = """(chosen) => {
  const paths = [...document.querySelectorAll(chosen ? 'path.frame-inner' : '.folium-map path.area')];
  const all = paths.map(p => p.getBoundingClientRect());
  const min = k => Math.min(...all.map(r => r[k])), max = k => Math.max(...all.map(r => r[k]));
  return {left: min('left'), top: min('top'), right: max('right'), bottom: max('bottom')};
}"""
RECT = """n => {
  const {left, top, right, bottom, width, height} = n.getBoundingClientRect();
  return {left, top, right, bottom, width, height};
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'button, select, summary, input[type=search], .leaflet-bar a, [role=tab]')]
  .filter(n => n.offsetParent && !n.closest('.leaflet-control-attribution'))
  .map(n => [n.id || n.className || n.tagName, n.getBoundingClientRect()])
  .filter(([, r]) => r.height < 43.5 || r.width < 43.5).map(([name]) => name)"""
AT_REST = """() => new Promise(done => {
  const look = () => (document.querySelector('.leaflet-zoom-anim, .leaflet-pan-anim')
    ? requestAnimationFrame(look) : setTimeout(done, 100));
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""
CLICK_BOTH = """async ([first, then, wait]) => {
  const [one, other] = [first, then].map(each => document.querySelector(each));
  const frame = () => new Promise(requestAnimationFrame);
  one.click();
  if (wait) do await frame(); while (!document.querySelector('.leaflet-zoom-anim'));
  other.click();
}"""
AXE = """async () => (await axe.run(document, {runOnly: [
  'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']})).violations"""


def rect(page, selector: str) -> dict[str, float]:
    """Return the box of the first element of a selector, in pixels of the window."""
    return page.eval_on_selector(selector, RECT)


def until(page, condition: str, arg: object = None, patience: int = 200) -> object:
    """Wait until something holds on the page, and return it; Playwright's own wait is stopped by the page's policy."""
    for _ in range(patience):
        if found := page.evaluate(condition, arg):
            return found
        page.wait_for_timeout(50)
    return pytest.fail(f"it never held: {condition}")


def at_rest(page) -> None:
    """Wait until the map has stopped moving and, a moment later, has placed its labels."""
    page.evaluate(AT_REST)


def click_while_it_zooms(page, first: str, then: str, *, wait: bool = True) -> None:
    """Click on what makes the map zoom, then on something else while it does, or before the zoom's first frame."""
    page.evaluate(CLICK_BOTH, [first, then, wait])
    at_rest(page)


def link_with(page, *parts: str) -> str:
    """Return the fragment of the page's address once it holds these parts; the page writes it when all is quiet."""
    until(page, "parts => parts.every(part => location.hash.includes(part))", list(parts))
    return page.evaluate("location.hash")


def apart(a: dict[str, float], b: dict[str, float]) -> bool:
    """Return whether two boxes do not overlap by more than a pixel."""
    return (
        a["right"] <= b["left"] + 1
        or b["right"] <= a["left"] + 1
        or a["bottom"] <= b["top"] + 1
        or b["bottom"] <= a["top"] + 1
    )


def inside(a: dict[str, float], b: dict[str, float]) -> bool:
    """Return whether the first box lies in the second."""
    return a["left"] >= b["left"] and a["top"] >= b["top"] and a["right"] <= b["right"] and a["bottom"] <= b["bottom"]


def violations(page, axe_script: str) -> list[str]:
    """Return what axe-core objects to."""
    page.evaluate(axe_script)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]} ({len(v['nodes'])})" for v in page.evaluate(AXE)]


def click_on_area(page, number: int) -> None:
    """Click on an area of the map where nothing covers it."""
    spot = page.evaluate(
        """([number]) => {
          const path = document.querySelectorAll('.folium-map path.area')[number];
          const {left, top, width, height} = path.getBoundingClientRect();
          for (let i = 1; i < 20; i += 1) for (let j = 1; j < 20; j += 1) {
            const at = [left + width * i / 20, top + height * j / 20];
            if (document.elementFromPoint(...at) === path) return at;
          }
          return null;
        }""",
        [number],
    )
    assert spot, f"area {number} is covered everywhere"
    page.mouse.click(*spot)
    at_rest(page)


def comes_into_sight(page, selector: str, frame: str, patience: int = 30) -> bool:
    """Return whether an element scrolls into a frame from top to bottom, however slow the machine is."""
    for _ in range(patience):
        box, around = rect(page, selector), rect(page, frame)
        if box["top"] >= around["top"] - 1 and box["bottom"] <= around["bottom"] + 1:
            return True
        page.wait_for_timeout(150)
    return False


def placed_labels(page, patience: int = 20) -> dict[str, int]:
    """Return how many labels overlap and how many are shown, once they have been placed."""
    for _ in range(patience):
        found = page.evaluate(OVERLAPS, LABELS)
        if not found["hits"]:
            break
        page.wait_for_timeout(150)
    return found


def ready_ms(profiles, address: str, *, width: int, slowdown: float) -> float:
    """Return after how many milliseconds a page is ready, on a processor slowed down by a factor."""
    page = profiles.new_page(viewport={"width": width, "height": 800})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(address)
    page.wait_for_selector('html[data-ready="1"]', state="attached", timeout=30_000)
    ready = "performance.getEntriesByType('mark').find(m => m.name === 'outreach-ready').startTime"
    took = page.evaluate(ready)
    page.close()
    return took


def left_of(page, selector="#count"):
    """Return how many rows are left of how many, as the page says it."""
    numbers = re.findall(r"\d[\d,]*", page.inner_text(selector))
    return tuple(int(number.replace(",", "")) for number in numbers)
