//! JWS, JWT and JWK over the keys crate.
