"""Every rule, once, in the order of the codes."""

from functools import cache

from mezzotint.compiler.lint.index import BLANK, COLON, HEAVIER, LOOSE, NESTED, UNREADABLE
from mezzotint.compiler.lint.listed import Listed

_UNSEEN = tuple(
    "\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00a0"
)
_WEIGHED = ("Emphasis",)
_NETWORK = ("Network",)

RULES: tuple[Listed, ...] = (
    Listed("MZ001", "syntax.bad_weight", nodes=(UNREADABLE,)),
    Listed("MZ002", "syntax.step_overflow", nodes=("Scheduled",)),
    Listed("MZ003", "syntax.stray_bracket", nodes=("Stray",)),
    Listed("MZ004", "syntax.editing_disabled", nodes=("Stray",)),
    Listed("MZ006", "syntax.lost_backslash", nodes=("Escape",)),
    Listed("MZ007", "syntax.empty_group", nodes=(BLANK,)),
    Listed("MZ008", "syntax.unread_weight", nodes=(LOOSE,)),
    Listed("MZ009", "syntax.decimal_comma", ("0,", "1,", "2,"), (LOOSE,)),
    Listed("MZ010", "syntax.no_schedule", nodes=(LOOSE,)),
    Listed("MZ040", "syntax.escape_sequence", nodes=("Escape",)),
    Listed("MZ041", "syntax.doubled_escape", ("\\\\(",), _WEIGHED),
    Listed("MZ042", "syntax.bare_weight", (".",), (COLON,)),
    Listed("MZ101", "style.repeated_tag", (",",)),
    Listed("MZ102", "style.neutral_weight", ("1",), ("Weight",), is_default=False),
    Listed("MZ103", "style.nested_weights", nodes=(NESTED,)),
    Listed("MZ104", "style.loose_separator", (",",), is_default=False),
    Listed("MZ105", "style.stacked_brackets", nodes=(NESTED,), is_default=False),
    Listed("MZ201", "meaning.prompt_weight", nodes=("BranchWeight",)),
    Listed("MZ202", "meaning.ratio_weight", nodes=(HEAVIER,)),
    Listed("MZ203", "meaning.bracket_number", (".",), ("Scheduled",)),
    Listed("MZ204", "meaning.break_in_group", nodes=("Break",)),
    Listed("MZ205", "meaning.and_in_group", ("AND",), ("Stray",)),
    Listed("MZ206", "meaning.network_in_negative", ("<",)),
    Listed("MZ207", "meaning.heavy_weight", nodes=(HEAVIER, NESTED)),
    Listed("MZ208", "meaning.unreached_step", nodes=("Scheduled",)),
    Listed("MZ209", "meaning.fraction_of_one", (".",), ("Scheduled",)),
    Listed("MZ210", "meaning.switch_at_zero", nodes=("Scheduled",)),
    Listed("MZ211", "meaning.unseen_words", is_foreign=True),
    Listed("MZ212", "meaning.unused_option", (), ("Alternation",), ("steps",)),
    Listed("MZ213", "meaning.accidental_and", (" AND ",)),
    Listed("MZ214", "meaning.empty_chunk", nodes=("Break",)),
    Listed("MZ215", "meaning.zero_weight", ("0",), ("Weight",), is_default=False),
    Listed("MZ216", "meaning.negative_weight", ("-",), ("Weight",), is_default=False),
    Listed("MZ217", "meaning.tag_brackets", (" (", "_("), _WEIGHED, ("family", "tags")),
    Listed("MZ218", "meaning.contradiction", (",",), is_document=True),
    Listed("MZ219", "meaning.accidental_comment", nodes=("Comment",)),
    Listed("MZ220", "meaning.chunk_spill", is_default=False),
    Listed("MZ221", "meaning.unequal_branches", ("AND",), is_default=False),
    Listed("MZ222", "meaning.foreign_quality", ("score_",), (), ("family",), is_default=False),
    Listed("MZ223", "meaning.foreign_script", is_default=False),
    Listed("MZ224", "meaning.unknown_tag", asks=("tags",), is_default=False),
    Listed("MZ225", "meaning.split_phrase", is_default=False),
    Listed("MZ226", "meaning.empty_branch", ("AND",)),
    Listed("MZ227", "meaning.unreadable_letters", is_foreign=True),
    Listed("MZ228", "meaning.negative_label", ("Negative prompt:",)),
    Listed("MZ301", "portability.foreign_weight", ("++", "::", "{", ")1", ").", ")0", ")2")),
    Listed("MZ302", "portability.weights_ignored", nodes=("Emphasis", "Deemphasis"), is_foreign=True),
    Listed("MZ303", "portability.break_unsupported", nodes=("Break",), is_foreign=True),
    Listed("MZ304", "portability.editing_unsupported", nodes=("Scheduled", "Alternation"), is_foreign=True),
    Listed("MZ305", "portability.comment_unsupported", ("//", "/*", "#")),
    Listed("MZ306", "portability.deep_brackets", ("(",), is_foreign=True),
    Listed("MZ307", "portability.midjourney_flag", ("--", "—", "–")),
    Listed("MZ308", "portability.dash_flag", ("—", "–"), is_document=True),
    Listed("MZ309", "portability.fullwidth_weight", ("（", "）", "：")),
    Listed("MZ310", "portability.curly_quote", ("“", "”", "‘", "’"), is_foreign=True),
    Listed("MZ311", "portability.invisible_character", _UNSEEN),
    Listed("MZ312", "portability.homoglyph", is_default=False),
    Listed("MZ313", "portability.line_break", ("\n",), is_foreign=True, is_default=False),
    Listed("MZ314", "portability.needless_escape", nodes=("Escape",), is_foreign=True, is_default=False),
    Listed("MZ315", "portability.a1111_in_midjourney", nodes=("Emphasis", "Network"), is_foreign=True),
    Listed("MZ316", "portability.markup", ("<", "&")),
    Listed("MZ317", "portability.web_address", ("://",)),
    Listed("MZ401", "networks.unknown_network", (), _NETWORK, ("networks",)),
    Listed("MZ402", "networks.network_range", (":", "="), _NETWORK),
    Listed("MZ403", "networks.scheduled_network", nodes=_NETWORK),
    Listed("MZ404", "networks.bad_network", ("<",)),
    Listed("MZ405", "networks.unknown_kind", nodes=_NETWORK),
    Listed("MZ406", "networks.network_unsupported", nodes=_NETWORK, is_foreign=True),
    Listed("MZ407", "networks.underscored_network", ("__",), _NETWORK),
    Listed("MZ408", "networks.unfilled_template", ("__", "{"), (), ("is_executed",)),
    Listed("MZ409", "networks.network_family", (), _NETWORK, ("networks",)),
    Listed("MZ410", "networks.repeated_network", nodes=_NETWORK),
    Listed("MZ411", "networks.unknown_embedding", ("embedding:",), (), ("embeddings",), is_foreign=True),
    Listed("MZ412", "networks.glued_embedding", ("embedding:",), is_foreign=True, is_default=False),
    Listed("MZ413", "networks.network_path", ("/", "\\", "."), _NETWORK),
    Listed("MZ414", "networks.foreign_embedding", ("embedding:",)),
    Listed("MZ501", "settings.cfg_mismatch", ("CFG",), is_document=True),
    Listed("MZ502", "settings.negative_unused", ("CFG scale: 1", "CFG scale:1"), is_document=True),
    Listed("MZ503", "settings.odd_size", ("Size",), is_document=True),
    Listed("MZ504", "settings.unknown_sampler", ("ampler",), is_document=True),
    Listed("MZ505", "settings.schedule_conflict", ("Schedule type",), is_document=True),
    Listed("MZ506", "settings.unquoted_value", ("{", "["), is_document=True),
    Listed("MZ507", "settings.random_seed", is_document=True),
    Listed("MZ508", "settings.broken_writer", is_document=True),
    Listed("MZ509", "settings.odd_proportions", ("Size",), is_document=True, is_default=False),
    Listed("MZ510", "settings.odd_steps", ("Steps",), is_document=True, is_default=False),
    Listed("MZ511", "settings.odd_clip_skip", ("Clip skip",), is_document=True, is_default=False),
    Listed("MZ512", "settings.missing_provenance", is_document=True, is_default=False),
    Listed("MZ513", "settings.stack_sensitive", is_document=True, is_default=False),
    Listed("MZ514", "settings.old_timeline", ("Version",), is_document=True, is_default=False),
    Listed("MZ515", "settings.unread_by_civitai", is_document=True, is_default=False),
    Listed("MZ516", "settings.malformed_setting", is_document=True),
    Listed("MZ517", "settings.unused_ensd", ("ENSD",), is_document=True, is_default=False),
)


@cache
def default_rules() -> tuple[Listed, ...]:
    """The rules that run without being asked for, ours and those of other packages."""
    return tuple(row for row in all_rules() if row.is_default)


@cache
def all_rules() -> tuple[Listed, ...]:
    """The rules that there are, ours and those of other packages."""
    from mezzotint.compiler.lint.plugins import plugin_rules

    return (*RULES, *plugin_rules())
