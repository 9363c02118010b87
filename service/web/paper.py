"""Sheets of A4 in one font: headings, paragraphs, values and tables, made of whatever strangers wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_NAME = "dejavu"
_MARGIN = 18.0  # millimetres
_UNKNOWN = "□"
_PAGES = "{\xa0}"  # stands for how many there are; no clean text holds it
_GREY, _BLACK, _LINE = (95, 95, 110), (20, 20, 30), (205, 205, 215)
_TEXT, _SMALL, _TINY, _SMALLEST = 9.5, 8.0, 7.0, 1.0  # points


class Paper(FPDF):
    """A document in the making. `footer_text` stands under each page, beside its number."""

    def __init__(self, *, title: str, footer_text: str, language: str, made_at: datetime) -> None:
        super().__init__(format="A4")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self.add_font(_NAME, fname=FONT)
        self._known = frozenset(self.fonts[_NAME].cmap)  # type: ignore[union-attr]  # a font from a file has one
        self._footer_text = self.clean(footer_text)
        self.set_title(self.clean(title))
        self.set_lang(language)
        self.alias_nb_pages(_PAGES)
        self.set_creation_date(made_at)  # not now: the same receipt makes the same file
        self.add_page()

    def clean(self, text: str) -> str:
        """The text in one line, without signs that steer or that the font hasn't got."""
        composed = unicodedata.normalize("NFC", text)
        shown = (" " if sign.isspace() else sign for sign in composed if unicodedata.category(sign) != "Cf")
        known = (sign if ord(sign) in self._known and sign.isprintable() else _UNKNOWN for sign in shown)
        return " ".join("".join(known).split())

    def footer(self) -> None:
        """What FPDF writes under each page."""
        self.set_y(-_MARGIN + 2)
        self._style(_TINY, _GREY)
        self.cell(0, 4, self._footer_text, align=Align.L)
        self.cell(0, 4, f"{self.page_no()} / {_PAGES}", align=Align.R)

    def heading(self, text: str, *, size: float = 12.0) -> None:
        """A heading that doesn't stand alone at the end of a page."""
        if self.will_page_break(20):
            self.add_page()
        self.ln(3)
        self._write(text, size, _BLACK, height=size * 0.5)
        self.ln(1)

    def paragraph(self, text: str, *, link: str = "") -> None:
        """A few sentences."""
        self._write(text, _TEXT, _BLACK, height=4.8, link=link)

    def items(self, texts: Iterable[str]) -> None:
        """A list."""
        for text in texts:
            self._write(f"• {text}", _TEXT, _BLACK, height=4.8)

    def value(self, name: str, value: str, *, link: str = "") -> None:
        """A named value: one that may be long, and breaks anywhere."""
        if self.will_page_break(9):
            self.add_page()
        self._write(name, _SMALL, _GREY, height=4.0)
        self._write(value, _SMALL, _BLACK, height=4.2, wrap=WrapMode.CHAR, link=link)
        self.ln(1)

    def code(self, lines: Iterable[str]) -> None:
        """Lines for a terminal."""
        for line in lines:
            self._write(line, _TINY, _BLACK, height=3.6, wrap=WrapMode.CHAR)
        self.ln(1)

    def grid(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """A table in small print, `widths` in millimetres; what is too long for its column gets smaller."""
        self.set_draw_color(*_LINE)
        self._row(head, widths, _GREY)
        for row in rows:
            self._row(row, widths, _BLACK)

    def _row(self, cells: Sequence[str], widths: Sequence[float], colour: tuple[int, int, int]) -> None:
        for text, width in zip(cells, widths, strict=True):
            self._style(_TINY, colour)
            clean, room = self.clean(text), width - 2
            needed = self.get_string_width(clean)
            if needed > room:  # an entry's long name is still worth nothing when it is cut
                self._style(max(_SMALLEST, _TINY * room / needed), colour)
            self.cell(width, 4, clean, border="B")
        self.ln(4)

    def _write(
        self,
        text: str,
        size: float,
        colour: tuple[int, int, int],
        *,
        height: float,
        wrap: WrapMode = WrapMode.WORD,
        link: str = "",
    ) -> None:
        self._style(size, colour)
        text = self.clean(text)
        if text:
            self.multi_cell(
                0, height, text, align=Align.L, wrapmode=wrap, link=link, new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )

    def _style(self, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font(_NAME, size=size)
        self.set_text_color(*colour)
