//! Namespaces and fixed URIs of SOAP, WS-Addressing and WS-Security, as the schemas spell them.

/// SOAP 1.1 envelope.
pub const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2 envelope.
pub const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// WS-Addressing 1.0.
pub const WSA: &str = "http://www.w3.org/2005/08/addressing";
/// The address of the HTTP response.
pub const WSA_ANONYMOUS: &str = "http://www.w3.org/2005/08/addressing/anonymous";
/// The address of nobody: no reply is wanted.
pub const WSA_NONE: &str = "http://www.w3.org/2005/08/addressing/none";
/// The relationship of a reply to its request.
pub const WSA_REPLY: &str = "http://www.w3.org/2005/08/addressing/reply";
/// Action of the faults that WS-Addressing defines.
pub const WSA_FAULT: &str = "http://www.w3.org/2005/08/addressing/fault";
/// Action of every other fault.
pub const WSA_SOAP_FAULT: &str = "http://www.w3.org/2005/08/addressing/soap/fault";
/// WS-Addressing, the submission of 2004.
pub const WSA04: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
/// The address of the HTTP response there. It has none for nobody.
pub const WSA04_ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
/// Action of every fault there.
pub const WSA04_FAULT: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
/// WS-Security 1.0.
pub const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// WS-Security 1.1 additions.
pub const WSSE11: &str = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd";
/// WS-Security utility: ids and timestamps.
pub const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// `wsse:Password/@Type` of a password in clear; also what its absence means.
pub const PASSWORD_TEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
/// `wsse:Password/@Type` of a digest.
pub const PASSWORD_DIGEST: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
/// `@EncodingType` of base64 text; also what its absence means.
pub const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
/// XML Signature.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML Encryption.
pub const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// SAML 1.1 assertions.
pub const SAML11: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
/// SAML 2.0 assertions.
pub const SAML20: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// What every document has without declaring it.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// WS-Policy 1.2.
pub const WSP: &str = "http://schemas.xmlsoap.org/ws/2004/09/policy";
/// WS-SecurityPolicy 1.2.
pub const SP12: &str = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702";
/// WS-SecurityPolicy, the submission of July 2005.
pub const SP2005: &str = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy";
/// WS-Addressing's binding to WSDL.
pub const WSAW: &str = "http://www.w3.org/2006/05/addressing/wsdl";
/// Our own: the id under which an operator finds what was refused.
pub const SYMBOLON_FAULT: &str = "urn:symbolon:fault";
