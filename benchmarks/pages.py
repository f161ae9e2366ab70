"""Renews the measured part of a page, which stands between two comments of Markdown."""

from pathlib import Path


def renew(page: Path, part: str, text: str) -> None:
    """Replace what stands between `<!-- PART -->` and `<!-- end of PART -->`. Raises ValueError if one is missing."""
    begin, end = f"<!-- {part} -->\n", f"<!-- end of {part} -->\n"
    before, found, rest = page.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page} has no part between {begin.strip()} and {end.strip()}.")
    page.write_text(f"{before}{begin}{text.rstrip()}\n{end}{after}")
