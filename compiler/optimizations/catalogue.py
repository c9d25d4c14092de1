"""Every optimization, once."""

from mezzotint.compiler.optimizations import (
    dead_branch,
    default_weight,
    last_break,
    merged_groups,
    repeated_options,
    same_text,
    spare_space,
)
from mezzotint.compiler.optimizations.optimization import Optimization
from mezzotint.compiler.optimizations.remedies import REMEDIES

OPTIMIZATIONS: tuple[Optimization, ...] = (
    dead_branch.OPTIMIZATION,
    same_text.OPTIMIZATION,
    repeated_options.OPTIMIZATION,
    merged_groups.OPTIMIZATION,
    *REMEDIES,
    default_weight.OPTIMIZATION,
    last_break.OPTIMIZATION,
    spare_space.OPTIMIZATION,
)
