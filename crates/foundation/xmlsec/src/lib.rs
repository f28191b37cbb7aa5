//! XML Signature in a closed profile: what is read is what was verified.
