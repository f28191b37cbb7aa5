//! The clients that are known, and what each insists on. Seen with the versions named in their recordings.

use clap::ValueEnum;

/// A client whose first call was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Known {
    /// ADAL for Python.
    Adal,
    /// ADAL for Node.
    AdalNode,
    /// zeep, SOAP for Python.
    Zeep,
    /// soap, SOAP for Node.
    NodeSoap,
    /// node-sp-auth, SharePoint from Node.
    NodeSpAuth,
    /// wstrust-client, WS-Trust for Node.
    WstrustClient,
    /// Office365-REST-Python-Client.
    Office365Rest,
    /// PHP's SoapClient.
    PhpSoap,
    /// openid-client, OAuth for Node.
    OpenidClient,
    /// google-auth, OAuth for Python.
    GoogleAuth,
}

/// What a client speaks.
#[derive(Debug)]
pub(super) enum Speaks {
    /// WS-Trust, and what it wants of the answer.
    WsTrust(Wants),
    /// It reads the metadata of an issuer first.
    Discovery,
    /// OAuth token exchange.
    Exchange,
}

/// What a client wants of the answer to its RST, besides that it is one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wants {
    /// The answer alone, as WS-Trust of 2005 has it; a collection of one otherwise.
    pub(super) bare: bool,
    /// It reads the TokenType.
    pub(super) token_type: bool,
    /// It cuts the assertion out as text: every prefix in it must be declared in it.
    pub(super) self_contained: bool,
    /// It takes the first node where it wants the first element.
    pub(super) no_space: bool,
    /// It looks for `s:Body`, prefix and all.
    pub(super) prefix_s: bool,
    /// It looks for `<Assertion `, without a prefix.
    pub(super) unprefixed: bool,
    /// It reads NotBefore and NotOnOrAfter of the assertion's first child.
    pub(super) conditions_first: bool,
    /// It takes a SAML 1.1 assertion alone.
    pub(super) saml11: bool,
    /// Of a fault it reads Reason/Text and Code/Subcode/Value.
    pub(super) subcode: bool,
}

/// The GET of ADAL.
pub(super) const MEX: &str = include_str!("recorded/adal-mex.txt");

impl Known {
    /// Its first call.
    pub(super) const fn recorded(self) -> &'static str {
        match self {
            Known::Adal => include_str!("recorded/adal.txt"),
            Known::AdalNode => include_str!("recorded/adal-node.txt"),
            Known::Zeep => include_str!("recorded/zeep.txt"),
            Known::NodeSoap => include_str!("recorded/node-soap.txt"),
            Known::NodeSpAuth => include_str!("recorded/node-sp-auth.txt"),
            Known::WstrustClient => include_str!("recorded/wstrust-client.txt"),
            Known::Office365Rest => include_str!("recorded/office365-rest.txt"),
            Known::PhpSoap => include_str!("recorded/php-soap.txt"),
            Known::OpenidClient => include_str!("recorded/openid-client.txt"),
            Known::GoogleAuth => include_str!("recorded/google-auth.txt"),
        }
    }

    /// What it speaks and insists on.
    pub(super) fn speaks(self) -> Speaks {
        let none = Wants::default();
        Speaks::WsTrust(match self {
            Known::Adal | Known::AdalNode => {
                Wants { token_type: true, self_contained: true, subcode: true, ..none }
            }
            Known::Zeep | Known::NodeSoap | Known::PhpSoap => none,
            Known::NodeSpAuth => Wants {
                no_space: true,
                prefix_s: true,
                conditions_first: true,
                self_contained: true,
                ..none
            },
            Known::WstrustClient => Wants { unprefixed: true, self_contained: true, ..none },
            Known::Office365Rest => Wants { bare: true, saml11: true, ..none },
            Known::OpenidClient => return Speaks::Discovery,
            Known::GoogleAuth => return Speaks::Exchange,
        })
    }

    /// As the command line spells it.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
