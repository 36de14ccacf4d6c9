"""Character tables for the text steps. Written by name, so that a change to one can be reviewed."""

from __future__ import annotations

MAQAF = "\N{HEBREW PUNCTUATION MAQAF}"
GERESH = "\N{HEBREW PUNCTUATION GERESH}"
GERSHAYIM = "\N{HEBREW PUNCTUATION GERSHAYIM}"

FINAL_TO_BASE = {
    "\N{HEBREW LETTER FINAL KAF}": "\N{HEBREW LETTER KAF}",
    "\N{HEBREW LETTER FINAL MEM}": "\N{HEBREW LETTER MEM}",
    "\N{HEBREW LETTER FINAL NUN}": "\N{HEBREW LETTER NUN}",
    "\N{HEBREW LETTER FINAL PE}": "\N{HEBREW LETTER PE}",
    "\N{HEBREW LETTER FINAL TSADI}": "\N{HEBREW LETTER TSADI}",
}

# What people type for a single quote, a double quote and a dash, brought to one character each.
SINGLE_QUOTES = (
    GERESH
    + "'`\N{ACUTE ACCENT}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    + "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}\N{PRIME}\N{MODIFIER LETTER APOSTROPHE}"
)
DOUBLE_QUOTES = (
    GERSHAYIM
    + '"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}'
    + "\N{DOUBLE LOW-9 QUOTATION MARK}\N{DOUBLE HIGH-REVERSED-9 QUOTATION MARK}\N{DOUBLE PRIME}"
)
DASHES = MAQAF + "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{MINUS SIGN}"

# Signs that are read out as a word.
SPOKEN_SIGNS = {"%": " אחוז ", "$": " דולר ", "&": " and "}

# The letters that Hebrew writes together with the next word: and, that, as, in, to, from, the.
PREFIX_LETTERS = frozenset("ושכבלמה")

# The standard Israeli keyboard (SI-1452): what each key gives in Latin and in Hebrew layout.
LATIN_KEYS = "qwertyuiopasdfghjkl;'zxcvbnm,./"
HEBREW_KEYS = "/'קראטוןםפשדגכעיחלךף,זסבהנמצתץ."

# Keys side by side on that keyboard, a row a string; neighbours in a string, and the ones above, are easily hit by mistake.
HEBREW_KEY_ROWS = ("/'קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ")
LATIN_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

# Letters that sound the same, or nearly so, in Israeli speech: spelling mistakes rather than slips of the finger.
SOUND_ALIKE = ("אעה", "טת", "כקח", "בו", "סשצ", "גז", "אי", "וא", "כה", "דט")
LATIN_SOUND_ALIKE = ("ck", "sz", "sc", "ie", "ae", "ao", "vw", "iy", "ou", "fv")

# Letters that spelling with or without vowel letters adds and drops.
VOWEL_LETTERS = frozenset("אהוי")
