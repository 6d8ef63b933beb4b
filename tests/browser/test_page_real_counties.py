"""The 47 checks on the page of the real counties of Mississippi."""

from tests.browser.page_checks import PageChecks


class TestRealCounties(PageChecks):
    """See `PageChecks`."""

    name = "real counties"
