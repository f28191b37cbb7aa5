//! WS-Trust and OAuth messages in both directions.
