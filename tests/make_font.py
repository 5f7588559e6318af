"""Makes the font of the HTML report: what formulas use of STIX Two Math, under a name of its own.

    python -m pip install fonttools brotli
    python tests/make_font.py stix-two-math-latin-400-normal.woff2

The source is the web font of STIX Two Math 2.12 (SIL Open Font License 1.1, no Reserved Font Name;
"STIX" is a trademark, so that a changed version gets another name). The licence travels with the
result: derivcheck/report/templates/OFL.txt.
"""

import sys
from pathlib import Path

FAMILY = "Derivcheck Math"
TARGET = Path(__file__).parents[1] / "derivcheck" / "report" / "templates" / "math.woff2"
# Ranges of characters, both ends included.
CHARACTERS = [
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1
    (0x131, 0x131), (0x237, 0x237),  # dotless i and j below accents
    (0x2C6, 0x2DD),  # accents that stand alone
    (0x300, 0x308), (0x30C, 0x30C), (0x332, 0x338),  # combining accents
    (0x391, 0x3C9), (0x3D1, 0x3D6), (0x3F0, 0x3F5),  # Greek
    (0x2010, 0x2015), (0x2016, 0x2026), (0x2032, 0x2034), (0x203E, 0x203E), (0x2044, 0x2044),
    (0x2061, 0x2064),  # invisible operators
    (0x20D6, 0x20D7),  # arrows above
    (0x2102, 0x2102), (0x210E, 0x2115), (0x211A, 0x211D), (0x2124, 0x2124), (0x2130, 0x2131),
    (0x2190, 0x2199), (0x21A6, 0x21A6), (0x21D0, 0x21D5),  # arrows
    (0x2200, 0x22A5), (0x22C0, 0x22C6), (0x22EE, 0x22F1),  # operators and relations
    (0x2308, 0x230B), (0x23B4, 0x23B5), (0x23DC, 0x23DF),  # ceilings, floors, braces
    (0x25CB, 0x25CB), (0x2713, 0x2713), (0x2717, 0x2717), (0x270E, 0x270E),  # the verdicts' signs
    (0x27E6, 0x27E9),  # white and angle brackets
    (0x2A00, 0x2A02), (0x2A7D, 0x2A7E),
    (0x1D434, 0x1D467),  # italic letters, which a <mi> of one letter is set in
    (0x1D6E2, 0x1D71B),  # italic Greek
]  # fmt: skip


def main(source: str) -> None:
    from fontTools import subset  # for making the font only: no dependency of the project

    options = subset.Options(
        flavor="woff2",
        hinting=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 14],
        notdef_outline=True,
    )
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for low, high in CHARACTERS for c in range(low, high + 1)])
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4):
            record.string = FAMILY
        if record.nameID == 6:
            record.string = FAMILY.replace(" ", "") + "-Regular"
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    subset.save_font(font, TARGET, options)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
