"""The 47 checks on the page of the bundled example."""

from tests.browser.page_checks import PageChecks


class TestExample(PageChecks):
    """See `PageChecks`."""

    name = "example"
    motion = True
