//! Strings with a meaning, each its own type, so that no two can be exchanged by accident.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text as given; ids compare octet by octet.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    )*};
}

ids! {
    /// A realm: one trust domain with its own issuer name, keys, endpoints and parties.
    RealmId;
    /// An endpoint object, such as `usernamemixed`.
    EndpointId;
    /// A relying party, named by the URI that requestors put into AppliesTo, audience or resource.
    PartyId;
    /// The name that an issuer gives itself in its tokens (SAML Issuer, JWT `iss`).
    IssuerName;
    /// An account's name within its realm.
    AccountName;
    /// An OAuth client.
    ClientId;
    /// A key object; also the `kid` that tokens name.
    KeyId;
    /// A token's own id (SAML ID, JWT `jti`).
    TokenId;
    /// One request; given to the requestor with every answer that is not a token.
    RequestId;
    /// What a token descends from: revoking a lineage revokes all that was derived from it, in every format.
    Lineage;
}
