//! Fixed clocks, seeded randomness and known keys for tests.
