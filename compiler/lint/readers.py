"""The codes that are found while a text is read, compiled or written, and so have no rule of their own.

They are listed beside the rules, so that each code can be looked up in one place. Catalogue: PU507 (MZ011 to
MZ018), IT702 and IT703 (MZ021 to MZ024), IT705 (MZ027), IT701 (MZ031 to MZ035).
"""

from typing import NamedTuple

from mezzotint.grammar.diagnostics import Severity

_SETTINGS = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"


class Reported(NamedTuple):
    """A code that a reader reports; the fields are a rule's and the headings of its docstring.

    ``by`` is what reports it; examples are texts for :func:`mezzotint.grammar.document.read_document`.
    ``fix`` is ``safe`` where it comes with a proven remedy.
    """

    code: str
    name: str
    by: str
    severity: Severity
    what: str
    why: str
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    fix: str = ""


_TAIL, _FRAME, _WRITER = "reading a Midjourney prompt", "reading an infotext", "writing an infotext"
_COMMENT = "heeding comments to Mezzotint"
_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

REPORTED: tuple[Reported, ...] = (
    Reported(
        "MZ005",
        "too-deep",
        "compiling",
        _ERROR,
        "a prompt with thousands of nested brackets and text behind each.",
        "To weigh it takes minutes: each bracket multiplies every text inside, in turn.",
    ),
    Reported(
        "MZ011",
        "unknown-flag",
        _TAIL,
        _ERROR,
        "a flag that Midjourney does not have.",
        "Midjourney refuses the whole prompt.",
        ("a cat --aspekt 16:9 --v 6",),
        ("a cat --ar 16:9",),
    ),
    Reported(
        "MZ012",
        "missing-value",
        _TAIL,
        _ERROR,
        "a flag without the value that it needs.",
        "Midjourney refuses the whole prompt.",
        ("a cat --ar",),
        ("a cat --tile",),
    ),
    Reported(
        "MZ013",
        "ill-formed-value",
        _TAIL,
        _ERROR,
        "a flag whose value is of another kind than it should be.",
        "Midjourney refuses the whole prompt.",
        ("a cat --ar wide",),
        ("a cat --ar 3:2",),
    ),
    Reported(
        "MZ014",
        "value-out-of-range",
        _TAIL,
        _ERROR,
        "a flag whose number is too small or too large, in the version that the prompt names.",
        "Midjourney refuses the whole prompt.",
        ("a cat --s 5000 --v 6",),
        ("a cat --s 500",),
    ),
    Reported(
        "MZ015",
        "text-behind-flag",
        _TAIL,
        _WARNING,
        "text behind a flag that is not its value.",
        "Flags stand at the end; one before text is refused, or read as text.",
        ("a cat --tile in the rain",),
        ("a cat in the rain --tile",),
    ),
    Reported(
        "MZ016",
        "clashing-flags",
        _TAIL,
        _ERROR,
        "two flags that exclude each other.",
        "Midjourney refuses the whole prompt.",
        ("a cat --v 6 --niji 6",),
        ("a cat --v 6",),
    ),
    Reported(
        "MZ017",
        "repeated-flag",
        _TAIL,
        _WARNING,
        "a flag that is given twice.",
        "Only the last one counts.",
        ("a cat --ar 1:1 --ar 16:9",),
        ("a cat --no dog --no rain",),
    ),
    Reported(
        "MZ018",
        "flag-like-text",
        _TAIL,
        _WARNING,
        "text that looks like a flag: with one hyphen, with a space inside, or glued to a word.",
        "It is read as text, and drawn.",
        ("a cat -ar 16:9",),
        ("a cat --ar 16:9", "a well-known cat"),
    ),
    Reported(
        "MZ019",
        "meaningless-flag",
        "rendering a Midjourney prompt",
        _INFO,
        "a Midjourney flag that other models have nothing like.",
        "It changes nothing.",
    ),
    Reported(
        "MZ021",
        "settings-above-the-end",
        _FRAME,
        _WARNING,
        "settings that do not stand on a last line of their own, or are fewer than three.",
        "A1111 looks for three settings or more on the last line alone; these become part of the prompt "
        "(AUTOMATIC1111#12128), or the words before them are lost.",
        (
            f"a cat\n{_SETTINGS}\nTemplate: a cat",
            "a cat\nSteps: 20, Sampler: Euler",
            f"a cat {_SETTINGS}",
        ),
        (f"a cat\n{_SETTINGS}",),
    ),
    Reported(
        "MZ022",
        "prompt-read-as-settings",
        _FRAME,
        _WARNING,
        "a last line that is read as settings for its three colons, and is a prompt.",
        "A1111 takes it out of the prompt. Reported where a text is said to be an infotext.",
    ),
    Reported(
        "MZ023",
        "repeated-label",
        _FRAME,
        _WARNING,
        "a second line that begins with ``Negative prompt:``.",
        "The words are dropped, and the text joins the first.",
        (f"a cat\nNegative prompt: ugly\nNegative prompt: blurry\n{_SETTINGS}",),
        (f"a cat\nNegative prompt: ugly\nblurry\n{_SETTINGS}",),
    ),
    Reported(
        "MZ024",
        "label-inside-a-line",
        _FRAME,
        _WARNING,
        "``Negative prompt:`` inside a line.",
        "It counts at the beginning of a line only; here what is unwanted is drawn.",
        (f"a cat Negative prompt: blurry\n{_SETTINGS}",),
        (f"a cat\nNegative prompt: blurry\n{_SETTINGS}",),
    ),
    Reported(
        "MZ025",
        "repeated-setting",
        _FRAME,
        _WARNING,
        "a setting that is given twice.",
        "Only the last one counts.",
        (f"a cat\n{_SETTINGS}, Seed: 2",),
        (f"a cat\n{_SETTINGS}",),
    ),
    Reported(
        "MZ026",
        "misspelt-setting",
        _FRAME,
        _WARNING,
        "a setting in other capitals or with spaces around it.",
        "Keys are compared letter by letter, so it is not read.",
        (f"a cat\n{_SETTINGS.replace('CFG scale', 'CFG Scale')}",),
        (f"a cat\n{_SETTINGS}",),
    ),
    Reported(
        "MZ027",
        "text-between-settings",
        _FRAME,
        _WARNING,
        "text among the settings that is none: a value with a comma and no quotes, a key with a point.",
        "It is thrown away.",
        (f"a cat\n{_SETTINGS}, and more, Model: a",),
        (f'a cat\n{_SETTINGS}, Model: "a, b"',),
    ),
    Reported(
        "MZ028",
        "empty-setting",
        _FRAME,
        _INFO,
        "a setting without a value.",
        "It counts as absent.",
        (f"a cat\n{_SETTINGS}, VAE: ",),
        (f"a cat\n{_SETTINGS}, VAE: a",),
    ),
    Reported(
        "MZ031",
        "lost-space",
        _WRITER,
        _WARNING,
        "white space at the ends of a prompt's lines.",
        "Readers strip it. No text encoder notices.",
    ),
    Reported(
        "MZ032",
        "label-in-prompt",
        _WRITER,
        _WARNING,
        "a line of the prompt that begins with ``Negative prompt:``.",
        "Readers take what follows for the negative prompt.",
    ),
    Reported(
        "MZ033",
        "settings-like-end",
        _WRITER,
        _WARNING,
        "a prompt whose last line has the form of settings, with none behind it.",
        "Readers take it for settings.",
    ),
    Reported(
        "MZ034",
        "too-few-settings",
        _WRITER,
        _WARNING,
        "one or two settings.",
        "Readers want three; fewer become part of the prompt.",
    ),
    Reported(
        "MZ035",
        "lost-setting",
        _WRITER,
        _WARNING,
        "a setting that does not come back as it is written: an empty value, one that is its own key.",
        "Readers get another value, or none.",
    ),
    Reported(
        "MZ106",
        "unused-suppression",
        _COMMENT,
        _WARNING,
        "a comment such as ``# mezzotint: ignore[MZ201]``, or a code in one, that switches nothing off.",
        "It hides what may be written there later. Reported only of codes that were looked for in this run.",
        fix="safe",
    ),
    Reported(
        "MZ107",
        "unknown-suppression",
        _COMMENT,
        _WARNING,
        "a comment to Mezzotint that is not understood, or names a rule that there is not.",
        "It switches nothing off.",
    ),
)
