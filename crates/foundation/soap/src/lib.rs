//! SOAP envelopes, WS-Addressing and the WS-Security opener and sealer, as state machines without I/O.
