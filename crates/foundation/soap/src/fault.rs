//! SOAP faults, written in both versions and read back.
//!
//! In:  what went wrong by the standards' codes, and the request id.
//! Out: the body's child and the header blocks that belong to it; the action of the reply.
//! Never: a text that depends on the message. In SOAP 1.1 no `detail` for what was wrong in a header.
//!
//! Codes of WS-Addressing are those of 1.0; to a message with the headers of 2004 they are told in its fewer words.
//!
//! SOAP 1.1 §4.4; SOAP 1.2 Part 1 §5.4; WSS SMS §12; WS-Addressing 1.0 SOAP Binding §6, 2004 submission §4.

mod received;

pub use received::ReceivedFault;

use crate::names::{SOAP11, SOAP12, SYMBOLON_FAULT, WSA, WSSE, WSU};
use crate::{AddressingVersion, HeaderName, SoapVersion};
use symbolon_xml::{QName, Writer, XML_NAMESPACE};

/// Who must act, in SOAP's own words; with what two of them must tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode<'a> {
    /// The sender's message; `Client` in SOAP 1.1.
    Sender,
    /// We; `Server` in SOAP 1.1. Sending it again later may succeed.
    Receiver,
    /// Header blocks that must be understood were not.
    MustUnderstand {
        /// Which.
        not_understood: &'a [HeaderName],
    },
    /// The envelope's version is not spoken here.
    VersionMismatch {
        /// What is.
        supported: &'a [SoapVersion],
    },
}

/// Where the problem is, for the faults of WS-Addressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem<'a> {
    /// In this header.
    Header(QName),
    /// In this action.
    Action(&'a str),
}

/// A fault to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'a> {
    /// Who must act.
    pub code: FaultCode<'a>,
    /// What is wrong, from the general to the particular; SOAP 1.1 shows the most particular only.
    pub subcodes: &'a [QName],
    /// For people, in English; fixed per code.
    pub reason: &'a str,
    /// Under which the operator finds the cause.
    pub request_id: Option<&'a str>,
    /// Where, if WS-Addressing says that it is to be told.
    pub problem: Option<Problem<'a>>,
}

impl<'a> Fault<'a> {
    /// A fault without subcode, id or problem.
    #[must_use]
    pub const fn new(code: FaultCode<'a>, reason: &'a str) -> Self {
        Self { code, subcodes: &[], reason, request_id: None, problem: None }
    }

    /// The same with a request id.
    #[must_use]
    pub const fn with_request_id(self, request_id: &'a str) -> Self {
        Self { request_id: Some(request_id), ..self }
    }

    /// `wsa:Action` of the message that carries it.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.action_in(AddressingVersion::V10)
    }

    pub(crate) fn action_in(&self, addressing: AddressingVersion) -> &'static str {
        addressing.fault_action(self.subcodes.iter().any(|code| code.namespace == WSA))
    }

    /// Header blocks that belong to the fault.
    pub(crate) fn write_headers(
        &self,
        version: SoapVersion,
        addressing: AddressingVersion,
        out: &mut Writer,
    ) {
        match self.code {
            FaultCode::Sender | FaultCode::Receiver => {}
            FaultCode::MustUnderstand { not_understood } => {
                if version == SoapVersion::V12 {
                    not_understood.iter().for_each(|header| write_not_understood(header, out));
                }
            }
            FaultCode::VersionMismatch { supported } => write_upgrade(supported, version, out),
        }
        if version == SoapVersion::V11 && self.is_about_a_header() {
            if let Some(problem) = self.problem_in(addressing) {
                out.start(&wsa("FaultDetail"));
                problem.write(out);
                out.end();
            }
            if let Some(id) = self.request_id {
                out.element(&REQUEST_ID, id);
            }
        }
    }

    /// The child of the body.
    pub(crate) fn write(
        &self,
        version: SoapVersion,
        addressing: AddressingVersion,
        out: &mut Writer,
    ) {
        match version {
            SoapVersion::V11 => self.write_11(addressing, out),
            SoapVersion::V12 => self.write_12(addressing, out),
        }
    }

    fn subcodes_in(&self, addressing: AddressingVersion) -> impl Iterator<Item = QName> {
        self.subcodes.iter().filter_map(move |code| match addressing {
            AddressingVersion::V2004 if code.namespace == WSA => in_2004(code),
            AddressingVersion::V10 | AddressingVersion::V2004 => Some(*code),
        })
    }

    /// The submission of 2004 has no elements to say where.
    fn problem_in(&self, addressing: AddressingVersion) -> Option<&Problem<'_>> {
        self.problem.as_ref().filter(|_| addressing == AddressingVersion::V10)
    }

    fn write_11(&self, addressing: AddressingVersion, out: &mut Writer) {
        const FAULT: QName = QName::new("s", SOAP11, "Fault");
        out.start(&FAULT).start(&unqualified("faultcode"));
        match self.subcodes_in(addressing).last() {
            Some(code) => write_qname(&code, out),
            None => write_qname(&QName::new("s", SOAP11, self.code_11()), out),
        }
        out.end().element(&unqualified("faultstring"), self.reason);
        if let Some(id) = self.request_id.filter(|_| !self.is_about_a_header()) {
            out.start(&unqualified("detail")).element(&REQUEST_ID, id).end();
        }
        out.end();
    }

    fn write_12(&self, addressing: AddressingVersion, out: &mut Writer) {
        const VALUE: QName = s12("Value");
        const LANG: QName = QName::new("xml", XML_NAMESPACE, "lang");
        out.start(&s12("Fault")).start(&s12("Code")).start(&VALUE);
        write_qname(&s12(self.code_12()), out);
        out.end();
        for code in self.subcodes_in(addressing) {
            out.start(&s12("Subcode")).start(&VALUE);
            write_qname(&code, out);
            out.end();
        }
        for _ in self.subcodes_in(addressing) {
            out.end();
        }
        out.end();
        out.start(&s12("Reason"));
        out.start(&s12("Text")).attribute_in(&LANG, "en").text(self.reason).end();
        out.end();
        let problem = self.problem_in(addressing);
        if problem.is_some() || self.request_id.is_some() {
            out.start(&s12("Detail"));
            if let Some(problem) = problem {
                problem.write(out);
            }
            if let Some(id) = self.request_id {
                out.element(&REQUEST_ID, id);
            }
            out.end();
        }
        out.end();
    }

    const fn code_11(&self) -> &'static str {
        match self.code {
            FaultCode::Sender => "Client",
            FaultCode::Receiver => "Server",
            FaultCode::MustUnderstand { .. } => "MustUnderstand",
            FaultCode::VersionMismatch { .. } => "VersionMismatch",
        }
    }

    const fn code_12(&self) -> &'static str {
        match self.code {
            FaultCode::Sender => "Sender",
            FaultCode::Receiver => "Receiver",
            FaultCode::MustUnderstand { .. } => "MustUnderstand",
            FaultCode::VersionMismatch { .. } => "VersionMismatch",
        }
    }

    // SPEC: SOAP 1.1 §4.4: no detail for an error in a header, so that its absence says that the body was not reached.
    fn is_about_a_header(&self) -> bool {
        let of_a_header = |code: &QName| matches!(code.namespace, WSA | WSSE | WSU);
        match self.code {
            FaultCode::Sender | FaultCode::Receiver => self.subcodes.iter().any(of_a_header),
            FaultCode::MustUnderstand { .. } | FaultCode::VersionMismatch { .. } => true,
        }
    }
}

impl Problem<'_> {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Header(name) => {
                out.start(&wsa("ProblemHeaderQName"));
                write_qname(name, out);
                out.end();
            }
            Self::Action(action) => {
                out.start(&wsa("ProblemAction")).element(&wsa("Action"), action).end();
            }
        }
    }
}

/// The faults of WS-Security: what is wrong with the header, as far as a stranger may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityFault {
    /// A token of a kind that is not taken.
    UnsupportedSecurityToken,
    /// An algorithm that is not taken.
    UnsupportedAlgorithm,
    /// The header itself.
    InvalidSecurity,
    /// A token that is not what it should be.
    InvalidSecurityToken,
    /// A token that proves nothing: wrong name, wrong secret.
    FailedAuthentication,
    /// A signature or an encryption.
    FailedCheck,
    /// A reference to a token that is not there.
    SecurityTokenUnavailable,
    /// The message is too old.
    MessageExpired,
}

impl SecurityFault {
    /// The fault, always the sender's. Texts of WSS SMS §12.
    #[must_use]
    pub const fn fault(self) -> Fault<'static> {
        let (subcodes, reason): (&'static [QName], _) = match self {
            Self::UnsupportedSecurityToken => {
                (const { &[wsse("UnsupportedSecurityToken")] }, "An unsupported token was provided")
            }
            Self::UnsupportedAlgorithm => (
                const { &[wsse("UnsupportedAlgorithm")] },
                "An unsupported signature or encryption algorithm was used",
            ),
            Self::InvalidSecurity => (
                const { &[wsse("InvalidSecurity")] },
                "An error was discovered processing the <wsse:Security> header",
            ),
            Self::InvalidSecurityToken => (
                const { &[wsse("InvalidSecurityToken")] },
                "An invalid security token was provided",
            ),
            Self::FailedAuthentication => (
                const { &[wsse("FailedAuthentication")] },
                "The security token could not be authenticated or authorized",
            ),
            Self::FailedCheck => {
                (const { &[wsse("FailedCheck")] }, "The signature or decryption was invalid")
            }
            Self::SecurityTokenUnavailable => (
                const { &[wsse("SecurityTokenUnavailable")] },
                "Referenced security token could not be retrieved",
            ),
            Self::MessageExpired => {
                (const { &[QName::new("u", WSU, "MessageExpired")] }, "The message has expired")
            }
        };
        Fault { subcodes, ..Fault::new(FaultCode::Sender, reason) }
    }
}

/// A code of WS-Addressing 1.0 in the words of 2004; `None` for those that only say more exactly what another says.
fn in_2004(code: &QName) -> Option<QName> {
    let local = match code.local {
        "InvalidAddressingHeader" => "InvalidMessageInformationHeader",
        "MessageAddressingHeaderRequired" => "MessageInformationHeaderRequired",
        "ActionNotSupported" => "ActionNotSupported",
        _ => return None,
    };
    Some(AddressingVersion::V2004.name(local))
}

/// A name of WS-Addressing 1.0.
pub(crate) const fn wsa(local: &'static str) -> QName {
    QName::new("a", WSA, local)
}

/// A name of WS-Security.
pub(crate) const fn wsse(local: &'static str) -> QName {
    QName::new("o", WSSE, local)
}

const REQUEST_ID: QName = QName::new("f", SYMBOLON_FAULT, "RequestId");

const fn s12(local: &'static str) -> QName {
    QName::new("s", SOAP12, local)
}

const fn unqualified(local: &'static str) -> QName {
    QName::new("", "", local)
}

/// A qualified name as the text of the element just started.
fn write_qname(name: &QName, out: &mut Writer) {
    out.declare(name.prefix, name.namespace);
    out.text(name.prefix).text(":").text(name.local);
}

/// SOAP 1.2 Part 1 §5.4.8.
fn write_not_understood(header: &HeaderName, out: &mut Writer) {
    out.start(&s12("NotUnderstood"));
    if header.namespace.is_empty() {
        out.attribute("qname", &header.local);
    } else {
        out.declare("h", header.namespace.clone());
        out.attribute("qname", &format!("h:{}", header.local));
    }
    out.end();
}

/// SOAP 1.2 Part 1 §5.4.7; in a SOAP 1.1 envelope by its appendix A.
fn write_upgrade(supported: &[SoapVersion], version: SoapVersion, out: &mut Writer) {
    let prefix = if version == SoapVersion::V12 { "s" } else { "s12" };
    out.start(&QName::new(prefix, SOAP12, "Upgrade"));
    for one in supported {
        out.start(&QName::new(prefix, SOAP12, "SupportedEnvelope"));
        out.declare("e", one.namespace()).attribute("qname", "e:Envelope").end();
    }
    out.end();
}
