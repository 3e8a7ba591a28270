"""Mutation testing: faults are planted in a right backward, one at a time, to see whether the checks notice each."""

from .measure import measure_mutation_score
from .score import Mutant, MutationScore, summarize_scores

__all__ = ["Mutant", "MutationScore", "measure_mutation_score", "summarize_scores"]
