//! WS-SecurityPolicy: what an endpoint demands, in the words that requestors' tools read.
//!
//! In:  a [`SecurityPolicy`]: alternatives, each a binding and the tokens that go with it.
//! Out: `wsp:Policy` in normal form, to be named by its `wsu:Id`.
//! Never: an assertion that no field asks for; two namespaces of WS-Policy in one document.
//!
//! WS-SecurityPolicy 1.2 §5.4, §7, §8; its submission of July 2005; WS-Policy 1.2 §4.1 (normal form). INTEROP: MSAL and adal
//! find a policy by the exact path from `wsp:Policy` to `sp:WssUsernameToken10`, in the dialect of the endpoint's WS-Trust.

use crate::names::{SP12, SP2005, WSAW, WSP, WSU};
use symbolon_xml::{QName, Writer};

/// A namespace of WS-SecurityPolicy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// 1.2, of February 2007, beside WS-Trust 1.3 and 1.4.
    V12,
    /// The submission of July 2005, beside WS-Trust of February 2005.
    V2005,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityPolicy<'a> {
    /// `wsu:Id`, an NCName, by which a binding refers to it.
    pub id: &'a str,
    /// What it is written in.
    pub dialect: Dialect,
    /// A requestor keeps one of these. Those for which the dialect has no words are not written.
    pub alternatives: Vec<Alternative>,
}

/// One way to keep a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// What protects the messages.
    pub binding: TransportBinding,
    /// The credential inside that protection.
    pub token: SupportingToken,
    /// Whether WS-Addressing is to be used.
    pub addressing: bool,
}

/// Messages protected by TLS alone. WS-SecurityPolicy 1.2 §7.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportBinding {
    /// Algorithms.
    pub suite: AlgorithmSuite,
    /// The order within the security header.
    pub layout: Layout,
    /// Whether both sides send a `wsu:Timestamp`.
    pub timestamp: bool,
}

/// A suite of algorithms. WS-SecurityPolicy 1.2 §6.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlgorithmSuite {
    /// AES-256, SHA-256, RSA-OAEP.
    Basic256Sha256,
}

/// The order within the security header. WS-SecurityPolicy 1.2 §6.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Any that WS-Security itself allows.
    Lax,
}

/// A token that the requestor sends along. WS-SecurityPolicy 1.2 §5.4, §8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SupportingToken {
    /// A UsernameToken.
    Username(Password),
    /// A SAML assertion of WSS SAML Token Profile 1.1.
    Saml(SamlVersion),
}

/// How a UsernameToken shows that its sender knows the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Password {
    /// It holds the password.
    Text,
    /// It holds a digest of nonce, creation time and password.
    Digest,
}

/// A version of SAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SamlVersion {
    /// SAML 1.1.
    V11,
    /// SAML 2.0.
    V20,
}

impl Dialect {
    /// Its namespace.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V12 => SP12,
            Self::V2005 => SP2005,
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::V12 => "sp",
            Self::V2005 => "sp2005",
        }
    }

    const fn name(self, local: &'static str) -> QName {
        QName::new(self.prefix(), self.namespace(), local)
    }

    /// The assertion under which tokens stand that the binding signs and encrypts. 2005 had none that says both.
    const fn supporting_tokens(self) -> QName {
        match self {
            Self::V12 => self.name("SignedEncryptedSupportingTokens"),
            Self::V2005 => self.name("SignedSupportingTokens"),
        }
    }

    const fn always_to_recipient(self) -> &'static str {
        match self {
            Self::V12 => {
                "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702/IncludeToken/AlwaysToRecipient"
            }
            Self::V2005 => {
                "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy/IncludeToken/AlwaysToRecipient"
            }
        }
    }

    const fn trust(self) -> QName {
        match self {
            Self::V12 => self.name("Trust13"),
            Self::V2005 => self.name("Trust10"),
        }
    }
}

impl SecurityPolicy<'_> {
    /// Writes it.
    pub fn write(&self, out: &mut Writer) {
        out.start(&wsp("Policy")).attribute_in(&QName::new("wsu", WSU, "Id"), self.id);
        out.declare(self.dialect.prefix(), self.dialect.namespace());
        out.start(&wsp("ExactlyOne"));
        for alternative in self.alternatives.iter().filter(|one| one.token.is_said_in(self.dialect))
        {
            out.start(&wsp("All"));
            alternative.write(self.dialect, out);
            out.end();
        }
        out.end().end();
    }
}

impl Alternative {
    fn write(&self, dialect: Dialect, out: &mut Writer) {
        self.binding.write(dialect, out);
        nested(&dialect.supporting_tokens(), out, |out| self.token.write(dialect, out));
        nested(&dialect.name("Wss11"), out, |_| {});
        nested(&dialect.trust(), out, |_| {});
        if self.addressing {
            empty(&QName::new("wsaw", WSAW, "UsingAddressing"), out);
        }
    }
}

impl TransportBinding {
    fn write(self, dialect: Dialect, out: &mut Writer) {
        let name = |local| dialect.name(local);
        nested(&name("TransportBinding"), out, |out| {
            nested(&name("TransportToken"), out, |out| write_https(dialect, out));
            nested(&name("AlgorithmSuite"), out, |out| empty(&name(self.suite.local()), out));
            nested(&name("Layout"), out, |out| empty(&name(self.layout.local()), out));
            if self.timestamp {
                empty(&name("IncludeTimestamp"), out);
            }
        });
    }
}

/// TLS without a client's certificate: said by nothing inside in 1.2, by an attribute in 2005.
fn write_https(dialect: Dialect, out: &mut Writer) {
    match dialect {
        Dialect::V12 => nested(&dialect.name("HttpsToken"), out, |_| {}),
        Dialect::V2005 => {
            out.start(&dialect.name("HttpsToken"));
            out.attribute("RequireClientCertificate", "false").end();
        }
    }
}

impl AlgorithmSuite {
    const fn local(self) -> &'static str {
        match self {
            Self::Basic256Sha256 => "Basic256Sha256",
        }
    }
}

impl Layout {
    const fn local(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
        }
    }
}

impl SupportingToken {
    // 2005 had no word for a digest. To say "a UsernameToken" instead would ask for what is refused.
    const fn is_said_in(self, dialect: Dialect) -> bool {
        match (dialect, self) {
            (Dialect::V2005, Self::Username(Password::Digest)) => false,
            (Dialect::V12 | Dialect::V2005, _) => true,
        }
    }

    fn write(self, dialect: Dialect, out: &mut Writer) {
        let (kind, versions) = match self {
            Self::Username(Password::Text) => ("UsernameToken", &["WssUsernameToken10"][..]),
            Self::Username(Password::Digest) => {
                ("UsernameToken", &["HashPassword", "WssUsernameToken10"][..])
            }
            Self::Saml(SamlVersion::V11) => ("SamlToken", &["WssSamlV11Token11"][..]),
            Self::Saml(SamlVersion::V20) => ("SamlToken", &["WssSamlV20Token11"][..]),
        };
        out.start(&dialect.name(kind));
        out.attribute_in(&dialect.name("IncludeToken"), dialect.always_to_recipient());
        out.start(&wsp("Policy"));
        for local in versions {
            empty(&dialect.name(local), out);
        }
        out.end().end();
    }
}

/// An assertion with a nested policy.
fn nested(name: &QName, out: &mut Writer, inside: impl FnOnce(&mut Writer)) {
    out.start(name).start(&wsp("Policy"));
    inside(out);
    out.end().end();
}

fn empty(name: &QName, out: &mut Writer) {
    out.start(name).end();
}

const fn wsp(local: &'static str) -> QName {
    QName::new("wsp", WSP, local)
}
