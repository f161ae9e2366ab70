"""The measured part of a page is replaced, and nothing else."""

from pathlib import Path

import pytest

from benchmarks import pages


def test_only_the_named_part_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n<!-- bars -->\nold\n<!-- end of bars -->\n\nThe rest.\n")

    pages.renew(page, "bars", "new\nlines")

    assert page.read_text() == "# Page\n\n<!-- bars -->\nnew\nlines\n<!-- end of bars -->\n\nThe rest.\n"


@pytest.mark.parametrize("text", ["# Page\n", "<!-- bars -->\nold\n"])
def test_a_page_without_the_part_is_left_alone(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)

    with pytest.raises(ValueError, match="no part"):
        pages.renew(page, "bars", "new")
    assert page.read_text() == text
