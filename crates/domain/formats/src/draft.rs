//! What a token says, before it is signed ([`Draft`]) and after it was verified ([`Contents`]).

use symbolon_model::{
    Authenticated, Claims, ClientId, Confirmation, IssuerName, Lifetime, Lineage, PartyId,
    Timestamp, TokenId,
};

/// A subject's name and the format of that name (a SAML name-id format URI; `None` is unspecified).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameId {
    /// The name.
    pub value: String,
    /// The format's URI.
    pub format: Option<String>,
}

/// How an assertion's elements are named. Other formats do not ask.
// INTEROP: wstrust-client finds `<Assertion ` by text; others the prefix. Both are the same XML, and both are canonical.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Layout {
    /// With the prefix that clients know: `saml2:`, and `saml:` for SAML 1.1.
    #[default]
    Prefixed,
    /// Without: the assertion declares its namespace as the default.
    Unprefixed,
}

/// All that goes into a token, and nothing about how it is signed. This is where statements are composed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The token's own id: an ASCII letter or `_`, then letters, digits, `_`, `-` and `.` (an xs:ID too).
    pub id: TokenId,
    /// Who issues it.
    pub issuer: IssuerName,
    /// When.
    pub issued_at: Timestamp,
    /// Whom it speaks about.
    pub subject: NameId,
    /// For whom it is meant: at least one.
    pub audiences: Vec<PartyId>,
    /// While it holds.
    pub lifetime: Lifetime,
    /// How the subject authenticated; `None` where nobody saw it.
    pub authenticated: Option<Authenticated>,
    /// What is said about the subject.
    pub attributes: Claims,
    /// Who may use it.
    pub confirmation: Confirmation,
    /// The OAuth client that asked for it; `None` over other wires.
    pub client: Option<ClientId>,
    /// Granted OAuth scope, space-separated; `None` without.
    pub scope: Option<String>,
    /// What it descends from. Not written: relying parties learn nothing of it; ours are found again by their id.
    pub lineage: Lineage,
    /// How it is written, as far as its format leaves a choice.
    pub layout: Layout,
}

/// What a verified token says. Only its octets were checked: time, audience and trust are still open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents {
    /// The token's own id; `None` for a JWT without `jti`.
    pub id: Option<TokenId>,
    /// The issuer it names, whose key verified it.
    pub issuer: IssuerName,
    /// Whom it speaks about.
    pub subject: NameId,
    /// For whom it is meant: every inner list must be met by one of its members (SAML 2.0 core §2.5.1.4). With no list at
    /// all it names nobody: who must be named refuses it.
    pub audiences: Vec<Vec<String>>,
    /// From when (`None`: from ever).
    pub not_before: Option<Timestamp>,
    /// Until when. A token without an end is not believed.
    pub not_after: Timestamp,
    /// How the subject authenticated, if it says so; what the issuer does not tell precisely is
    /// [`Token`](symbolon_model::AuthenticationMethod::Token).
    pub authenticated: Option<Authenticated>,
    /// What it says about the subject.
    pub attributes: Claims,
    /// The OAuth client that it was issued to, if it says so.
    pub client: Option<ClientId>,
    /// The OAuth scope it grants, space-separated; `None` where it says nothing about scope.
    pub scope: Option<String>,
    /// Where it may be presented (SAML Recipient), if it says so: any of these.
    pub recipients: Vec<String>,
    /// Who may use it.
    pub confirmation: Confirmation,
    /// Whether its signature holds only because SHA-1 still counts with its issuer.
    pub rests_on_sha1: bool,
}
