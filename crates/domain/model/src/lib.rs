//! The words of the domain: typed ids, secrets, time, token types, signal names.
