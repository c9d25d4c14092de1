"""Program versions as infotexts hold them, in the order of PEP 440.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_versions.py``; PEP 440, appendix B.
"""

import re
from typing import NamedTuple

_DESCRIBED = re.compile(r"([^-]+-[^-]+)-")  # "v1.7.0-225-gdeadbee": tag and commits since, then the commit
_PEP440 = re.compile(
    r"\s*v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>[0-9]+)?)?"
    r"(?:-(?P<post_dash>[0-9]+)|(?P<post>[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]+)?))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]+)?)?"
    r"(?P<local>\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?\s*",
    re.IGNORECASE,
)
_FINAL = "z"  # after every pre-release letter


class Version(NamedTuple):
    """Sorts as PEP 440 says, but of a local part (``+abc``) only its presence counts."""

    epoch: int
    release: tuple[int, ...]
    pre: tuple[str, int]
    post: int
    dev: tuple[bool, int]
    has_local: bool


def parse_version(text: str) -> Version | None:
    """The version in the text of a ``Version`` setting; None when it is not of PEP 440's form.

    Of ``tag-commits-hash`` the first two parts count: ``v1.7.0-225-gdeadbee`` is post-release 225 of 1.7.0.
    """
    described = _DESCRIBED.match(text)
    match = _PEP440.fullmatch(described[1] if described else text)
    if match is None:
        return None
    try:
        return _ordered(match)
    except ValueError:  # int() refuses thousands of digits
        return None


def _ordered(match: re.Match[str]) -> Version:
    release = [int(number) for number in match["release"].split(".")]
    while release and release[-1] == 0:
        release.pop()
    has_post = bool(match["post_dash"] or match["post"])
    has_dev = match["dev"] is not None
    if match["pre"]:
        letters = {"alpha": "a", "beta": "b"}
        name = match["pre"].lower()
        pre = (letters.get(name, name if name in "ab" else "rc"), int(match["pre_number"] or 0))
    else:
        pre = ("", 0) if has_dev and not has_post else (_FINAL, 0)
    return Version(
        epoch=int(match["epoch"] or 0),
        release=tuple(release),
        pre=pre,
        post=int(match["post_dash"] or match["post_number"] or 0) if has_post else -1,
        dev=(not has_dev, int(match["dev_number"] or 0)),
        has_local=match["local"] is not None,
    )


def known(text: str) -> Version:
    """The version of a text known to be one."""
    version = parse_version(text)
    if version is None:
        raise ValueError(f"{text!r} is not a version")
    return version
