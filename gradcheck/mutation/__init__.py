"""Teeth: which faults, planted one at a time in a unit's backward, does the harness see?  Mutation testing.

measured = teeth(subject)      every single-edit mutant, tried in forked workers
measured.killed                how many each rung saw
measured.survivors             those that nothing saw and that exact arithmetic cannot call equivalent
"""

from .measure import measure_mutation_score
from .score import Mutant, MutationScore, summarize_scores

__all__ = ["Mutant", "MutationScore", "measure_mutation_score", "summarize_scores"]
