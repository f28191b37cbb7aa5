//! The kernel: authenticate, decide, mint, commit.
