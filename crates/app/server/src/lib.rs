//! The server: accept loop, TLS, routes, limits, wiring.
