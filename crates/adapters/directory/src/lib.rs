//! Accounts in the store, the argon2id pool and the verifier cache.
