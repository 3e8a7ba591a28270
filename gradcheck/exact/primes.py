"""Random primes, each proved prime when it is drawn.

p = h q + 1 with the Mersenne prime q = 2^107 - 1 > sqrt(p): if a^(p-1) = 1 and gcd(a^h - 1, p) = 1 for some a, every
prime factor of p is 1 modulo q (Pocklington 1914), so none is at most sqrt(p), and p is prime.
"""

import math
import random

Q = 2**107 - 1
PRIME_BITS = 210
PRIME_COUNT = 2**93  # how many such p there are, by the density that draws show
COEFFICIENT_BITS = 2**32  # assumed to be more than any coefficient of a defect has
CHANCE_OF_BAD_PRIME = COEFFICIENT_BITS / (PRIME_BITS - 1) / PRIME_COUNT  # that a defect vanishes modulo p altogether


def has_primality_proof(p: int) -> bool:
    """Apply Pocklington's criterion with base 2; False also where it proves nothing.  Needs p = 1 (mod Q), p < Q^2."""
    if p % Q != 1 or p >= Q * Q:
        raise ValueError(f"{p} is not 1 modulo 2^107 - 1 and below its square")
    return pow(2, p - 1, p) == 1 and math.gcd(pow(2, (p - 1) // Q, p) - 1, p) == 1


def draw_prime(source: random.Random) -> int:
    """Draw a prime of 210 bits that is 1 modulo 4."""
    small = math.prod(n for n in range(3, 200, 2) if all(n % k for k in range(3, n, 2)))
    while True:
        h = source.randrange(2 ** (PRIME_BITS - 1) // Q, 2**PRIME_BITS // Q) // 4 * 4
        p = h * Q + 1
        if math.gcd(p, small) == 1 and has_primality_proof(p):
            return p
