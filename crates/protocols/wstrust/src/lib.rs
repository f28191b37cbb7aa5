//! WS-Trust over SOAP.
