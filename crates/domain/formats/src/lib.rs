//! Token formats: a draft into signed octets, and back into what was verified.
