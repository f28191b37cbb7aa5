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
/// `@EncodingType` of base64 text, as old senders misspell it.
pub(crate) const BASE64_BINARY_MISSPELT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#Base64Binary";
/// The transform that puts a token in the place of a reference to it.
pub const STR_TRANSFORM: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform";
/// `@ValueType` of one certificate.
pub const X509_V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// `@ValueType` of a chain of certificates, that of the end entity last.
pub const X509_PKI_PATH: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1";
/// A certificate by its SubjectKeyIdentifier extension.
pub const X509_SKI: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier";
/// A certificate by the SHA-1 of its octets.
pub const THUMBPRINT_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1";
/// A wrapped key, as the type of a token.
pub const ENCRYPTED_KEY: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey";
/// A wrapped key by the SHA-1 of its wrapped octets.
pub const ENCRYPTED_KEY_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKeySHA1";
/// A Kerberos ticket by the SHA-1 of the AP-REQ that carried it.
pub const AP_REQ_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-kerberos-token-profile-1.1#Kerberosv5APREQSHA1";
/// A SAML 1.1 assertion by its AssertionID.
pub const SAML_ASSERTION_ID: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID";
/// A SAML 2.0 assertion by its ID.
pub const SAML_ID: &str = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
/// SAML 1.1, as the type of a token.
pub const SAML11_TOKEN: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
/// SAML 2.0, as the type of a token.
pub const SAML20_TOKEN: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
/// WS-SecureConversation 1.3 and 1.4.
pub const WSC13: &str = "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512";
/// WS-SecureConversation of February 2005.
pub const WSC2005: &str = "http://schemas.xmlsoap.org/ws/2005/02/sc";
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
