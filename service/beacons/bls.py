"""Whether a round's signature is the beacon's: drand's scheme bls-unchained-g1-rfc9380.

A BLS signature (draft-irtf-cfrg-bls-signature, the basic scheme) with signatures in G1 and keys in G2 of BLS12-381:
the message is the SHA-256 of the round as 8 bytes, big-endian, hashed to the curve as RFC 9380 says
(BLS12381G1_XMD:SHA-256_SSWU_RO_). Points are read in the form that Zcash made common.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from py_arkworks_bls12381 import GT, G1Point, G2Point

from service.domain.beacon import Chain, is_round, is_signature

SCHEME = "bls-unchained-g1-rfc9380"
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


def is_valid(chain: Chain, round_: object, signature: object) -> bool:
    """Whether this is the chain's signature of that round; whatever is given, there is an answer and no error.

    `signature` is 48 bytes in lower-case hexadecimal and nothing else, so that each round has one signature only.
    Takes about 2 ms.
    """
    if not is_round(round_) or not is_signature(signature):
        return False
    key = _read_key(chain.public_key) if chain.scheme == SCHEME else None
    point = _read_signature(signature)
    if key is None or point is None:
        return False
    # e(signature, generator) = e(message, key), as one product, which takes one final exponentiation instead of two.
    return GT.pairing_check([point, -message_point(round_)], [G2Point(), key])


def message_point(round_: int) -> G1Point:
    """The point that is signed for a round."""
    return G1Point.hash_to_curve(sha256(round_.to_bytes(8, "big")).digest(), DOMAIN)


def _read_signature(text: str) -> G1Point | None:
    """The point, if it is one of the right subgroup, isn't infinity, and has no other spelling."""
    encoded = bytes.fromhex(text)
    try:
        point = G1Point.from_compressed_bytes(encoded)  # checks the curve and the subgroup
    except ValueError:
        return None
    # The library takes any bytes behind the flag of infinity.
    if point == G1Point.identity() or point.to_compressed_bytes() != encoded:
        return None
    return point


@lru_cache(maxsize=8)
def _read_key(text: str) -> G2Point | None:
    """The same for a public key."""
    try:
        encoded = bytes.fromhex(text)
        point = G2Point.from_compressed_bytes(encoded)
    except ValueError:
        return None
    if point == G2Point.identity() or point.to_compressed_bytes() != encoded:
        return None
    return point
