"""Draws a study: plain values, the map page, and the files a run writes."""
