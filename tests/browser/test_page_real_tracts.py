"""The 47 checks on the page of all 878 census tracts of Mississippi."""

from tests.browser.page_checks import PageChecks


class TestRealTracts(PageChecks):
    """See `PageChecks`."""

    name = "real tracts"
