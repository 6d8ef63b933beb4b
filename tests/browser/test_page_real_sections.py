"""The 47 checks on the page of real counties with sections of their highways."""

from tests.browser.page_checks import PageChecks


class TestRealSections(PageChecks):
    """See `PageChecks`."""

    name = "real sections"
