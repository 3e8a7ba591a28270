"""What was proved of a unit."""

from typing import Annotated

import msgspec

from .base import Count, Record, Seconds, describe

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class CertificateRecord(Record):
    """What was proved."""

    claim: Annotated[str, describe("what is claimed")]
    covers: Annotated[str, describe("the sizes of all judged cases, and how much of the unit's code ran in them")]
    case_count: Annotated[Count, describe("cases proved")]
    trials: Annotated[Count, describe("primes tried, over all cases")]
    degree: Annotated[Count, describe("the highest degree of the polynomials that are identical")]
    log2_bound: Annotated[float, describe("of each case, a wrong backward passes with probability at most two to this")]
    rules: Annotated[dict[str, str], describe("the rules of calculus assumed, by function")]
    sources: Annotated[dict[str, Digest], describe("SHA-256 of the source of each module")]
    versions: Annotated[dict[str, str], describe("versions of what ran")]
    seconds: Annotated[Seconds, describe("how long it took")]


class CaseProofRecord(Record):
    """One case that was proved."""

    case_id: Annotated[str, describe("its id")]
    sizes: Annotated[dict[str, list[Count]], describe("the shape of each input")]
    primes: Annotated[list[int], describe("the primes that it was tried with")]
    degree: Annotated[Count, describe("the degree of the polynomials that are identical")]
    log2_bound: Annotated[float, describe("a wrong backward passes it with probability at most two to this")]
    branches: Annotated[dict[str, list[int]], describe("how often each branch was taken, by where it stands")]
    rules: Annotated[list[str], describe("the rules of calculus assumed")]
    seconds: Annotated[Seconds, describe("how long it took")]


class ProofRecord(CertificateRecord):
    """What was proved, with each of its cases."""

    cases: Annotated[list[CaseProofRecord], describe("the cases")]
