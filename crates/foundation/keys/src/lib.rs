//! Algorithms, signers, public keys, certificates and sealing.
