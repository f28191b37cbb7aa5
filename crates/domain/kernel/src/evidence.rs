//! What a protocol states about a message: facts that `authenticate` alone believes.

use symbolon_formats::RawToken;
use symbolon_keys::PublicKey;
use symbolon_model::{
    AccountName, ClientId, Confidential, KeyLabel, Lifetime, Once, Possession, Secret, Timestamp,
    TokenType,
};

use crate::authn::Holder;
use crate::ports::Digest;
use crate::snapshot::{CredentialKind, Tolerance};

/// All that a message proves, or claims to.
#[derive(Debug)]
pub struct Evidence {
    /// Credentials in the order in which they came.
    pub credentials: Vec<Presented>,
    /// Keys whose holder showed them.
    pub possessed: Vec<Possession>,
    /// To whom the reply can be kept confidential.
    pub reply: Confidential,
    /// When the message says it was sent, and until when it may be accepted.
    pub sent: Option<Lifetime>,
    /// What makes a copy recognisable.
    pub once: Vec<Once>,
    /// Tolerances that the message needed.
    pub tolerances: Vec<Tolerance>,
}

/// A credential and how it was protected on its way.
#[derive(Debug)]
pub struct Presented {
    /// Of which kind it is; the endpoint must take it.
    pub kind: CredentialKind,
    /// The credential.
    pub credential: Credential,
    /// Keys whose signature covers it.
    pub covered_by: Vec<KeyLabel>,
    /// Whether nobody on the way could read it.
    pub confidential: bool,
}

/// A credential: raw, but for `Held`, which the kernel itself has verified.
#[derive(Debug)]
pub enum Credential {
    /// An account's name and password.
    Password {
        /// The name.
        name: AccountName,
        /// The password.
        secret: Secret<String>,
    },
    /// An account's name and a digest of the secret that it shares with us.
    PasswordDigest {
        /// The name.
        name: AccountName,
        /// The digest, with what it was made over.
        digest: Digest,
        /// When it was made, by its own account.
        made: Timestamp,
    },
    /// An OAuth client's id and secret, in every reading that the wire allows, the standard's first; no two of one id.
    ClientSecret(Vec<ClientReading>),
    /// A JWT that an OAuth client signed to say who it is (RFC 7523 §2.2): nobody has believed it.
    ClientAssertion {
        /// The id that came beside it, if one did.
        claimed: Option<ClientId>,
        /// The JWT.
        assertion: Secret<String>,
    },
    /// The name of an OAuth client, and nothing to prove it.
    PublicClient(ClientId),
    /// A token, of the type that the message declares: nobody has believed it.
    Token {
        /// The declared type.
        token_type: TokenType,
        /// The token.
        raw: RawToken,
    },
    /// What `find_key` made of a credential: the kernel's own finding, handed back unopened.
    Held(Holder),
}

/// One reading of an OAuth client's id and secret.
#[derive(Debug)]
pub struct ClientReading {
    /// The id.
    pub id: ClientId,
    /// The secret in every spelling under that id (form-decoded and raw): one must fit.
    pub candidates: Vec<Secret<String>>,
}

/// What `open` needs a key for. A reference that a stranger could guess gets a decoy; this one cannot be guessed.
#[derive(Debug)]
pub enum KeyHint<'m> {
    /// A token in the message: it is verified first.
    Confirmed(&'m Credential),
}

/// What `find_key` found.
#[derive(Debug)]
pub struct FoundKey {
    /// The key that confirms the holder; `None` for a verified bearer token.
    pub key: Option<PublicKey>,
    /// Its label; `None` likewise.
    pub label: Option<KeyLabel>,
    /// Who it would be, were the label proven.
    pub holder: Option<Holder>,
}
