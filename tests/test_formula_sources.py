"""Which files count as formula files: their text decides, and nothing is executed."""

import warnings

import pytest

from derivcheck.formula_sources import writes_formulas

FORMULAS = {
    "decorated": "from derivcheck.notation import formula\n@formula(title='A')\ndef a(f): ...\n",
    "of a module": "from derivcheck import notation as n\n@n.formula(title='A')\ndef a(f): ...\n",
    "renamed": "from derivcheck.notation import formula as law\n@law(title='A')\ndef a(f): ...\n",
    "everything": "from derivcheck.notation import *\n@formula(title='A')\ndef a(f): ...\n",
    "in a function": "import derivcheck\ndef m():\n    @formula()\n    def a(f): ...\n",
    "not Python": "from derivcheck.notation import formula\n@formula(\ndef a(f): ...\n",
    "a null byte": "from derivcheck.notation import formula\n@formula()\0\n",
}
OTHERS = {
    "nothing": "",
    "no formula": "import derivcheck as dc\nprint(dc.check('formula'))\n",
    "a call": "from derivcheck.notation import formula\nformula(title='A')(print)\n",
    "in words": "import derivcheck\n'''\n@formula(title='A')\ndef a(f): ...\n'''\n",
    "another's": "from chemistry import formula  # derivcheck\n@formula()\ndef water(f): ...\n",
    "not Python at all": "derivcheck the (",
}


@pytest.mark.parametrize("text", FORMULAS.values(), ids=FORMULAS)
def test_files_that_write_formulas(text, tmp_path):
    """However `formula` is imported; and what cannot be parsed is not passed over."""
    (tmp_path / "file.py").write_text(text)
    assert writes_formulas(tmp_path / "file.py")


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_files_that_do_not(text, tmp_path):
    """Scripts, other people's `formula`, and formulas in strings are left alone."""
    (tmp_path / "file.py").write_text(text)
    assert not writes_formulas(tmp_path / "file.py")


def test_a_file_in_another_encoding(tmp_path):
    """It is for the loader to refuse it."""
    text = "from derivcheck.notation import formula\n@formula(title='é')\ndef a(f): ...\n"
    (tmp_path / "latin.py").write_bytes(text.encode("latin-1"))
    assert writes_formulas(tmp_path / "latin.py")


def test_a_file_that_cannot_be_read(tmp_path):
    """Nothing speaks against it, so loading it says what is wrong."""
    assert writes_formulas(tmp_path / "gone.py")


def test_the_escapes_of_others_are_no_warning(tmp_path):
    """Whoever turns warnings into errors has none of this one."""
    text = "import derivcheck\npattern = '\\d formula'\n"
    (tmp_path / "file.py").write_text(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not writes_formulas(tmp_path / "file.py")
