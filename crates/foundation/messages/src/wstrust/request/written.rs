//! A request as a client writes it.
//!
//! WS-Trust 1.4 §3.1.

use super::{AppliesTo, Lifetime};
use crate::wstrust::response::write_lifetime;
use crate::wstrust::{Generation, KeyType, RequestType};
use symbolon_xml::{QName, Unwritable, Writer};

/// A request for a token, to be written.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The generation to write.
    pub generation: Generation,
    /// `@Context`, which the answer repeats.
    pub context: Option<&'a str>,
    /// What is asked for.
    pub request_type: RequestType,
    /// The type of token wanted.
    pub token_type: Option<&'a str>,
    /// Whom the token is for.
    pub applies_to: Option<&'a AppliesTo>,
    /// What kind of key it is to confirm.
    pub key_type: Option<&'a KeyType>,
    /// When it is to begin and end.
    pub lifetime: Option<Lifetime>,
}

impl Request<'_> {
    /// The octets of the RequestSecurityToken.
    ///
    /// # Errors
    /// [`Unwritable`] if a value holds a character that XML has not.
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        let wst = |local| QName::new("wst", self.generation.namespace(), local);
        let mut out = Writer::with_capacity(1024);
        out.start(&wst("RequestSecurityToken"));
        if let Some(context) = self.context {
            out.attribute("Context", context);
        }
        if let Some(token_type) = self.token_type {
            out.element(&wst("TokenType"), token_type);
        }
        out.element(&wst("RequestType"), self.request_type.uri(self.generation));
        if let Some(applies_to) = self.applies_to {
            applies_to.write(&mut out);
        }
        if let Some(lifetime) = self.lifetime {
            write_lifetime(self.generation, lifetime, &mut out);
        }
        if let Some(key_type) = self.key_type {
            out.element(&wst("KeyType"), key_type.uri(self.generation));
        }
        out.end();
        out.finish()
    }
}
