# SPDX-License-Identifier: Apache-2.0
"""Which signatures of clients are accepted."""

from collections.abc import Collection

from joserfc.jws import JWSAlgModel, JWSRegistry

# FAPI 2.0 Security Profile, section 5.4.1; Ed25519 is what RFC 9864 calls EdDSA over that curve.
STRONG_ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
ALL_ALGORITHMS = (*STRONG_ALGORITHMS, "RS256")


class Signatures(JWSRegistry):
    """Signatures by one of a few algorithms, and by no other."""

    # A key of RSA stands in the header of a DPoP proof.
    max_header_length = 4096

    def __init__(self, algorithms: Collection[str]) -> None:
        super().__init__(algorithms=algorithms, strict_check_header=False)

    def get_alg(self, name: str) -> JWSAlgModel:
        if self.allowed and name in self.allowed:
            # The library warns of EdDSA, which FAPI 2.0 names and clients still use.
            return self.algorithms[name]
        return super().get_alg(name)
