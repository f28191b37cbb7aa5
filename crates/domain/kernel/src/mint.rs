//! Minting: draft ▶ check that the draft is within the permit ▶ sign.
//!
//! In:  a [`Permit`], which is consumed.
//! Out: a [`Minted`] token. Nothing else makes one, and nothing else reaches a token-signing key.
//! Never: says more than the permit allows.

use std::time::Duration;

use symbolon_formats::{Draft, EncodeFlaw};
use symbolon_model::signals::STAGE;
use symbolon_model::{Lifetime, Lineage, PartyId, TokenBytes, TokenId, TokenType};
use tracing::trace;

use crate::audit::Issued;
use crate::decide::Permit;
use crate::exchange::Exchange;
use crate::refusal::{Cause, Refusal};

/// A token, signed.
#[derive(Debug)]
pub struct Minted {
    token: TokenBytes,
    id: TokenId,
    token_type: TokenType,
    subject: String,
    parties: Vec<PartyId>,
    lifetime: Lifetime,
    scope: Option<String>,
    lineage: Lineage,
}

impl Minted {
    /// The token's octets.
    pub fn token(&self) -> &TokenBytes {
        &self.token
    }

    /// Its id.
    pub fn id(&self) -> &TokenId {
        &self.id
    }

    /// Its type.
    pub fn token_type(&self) -> &TokenType {
        &self.token_type
    }

    /// For whom it is meant.
    pub fn parties(&self) -> &[PartyId] {
        &self.parties
    }

    /// While it holds.
    pub fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// The scope that was granted, space-separated.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    pub(crate) fn ledger_entry(&self) -> Issued {
        Issued {
            id: self.id.clone(),
            token_type: self.token_type.clone(),
            subject: self.subject.clone(),
            parties: self.parties.clone(),
            until: self.lifetime.until(),
            lineage: self.lineage.clone(),
        }
    }
}

/// Mints the token that the permit allows.
///
/// # Errors
/// [`Cause::Unavailable`] where no key is active or the signer fails; [`Cause::Bug`] where the draft says more than the permit.
pub(crate) async fn mint(exchange: &Exchange<'_>, permit: Permit) -> Result<Minted, Refusal> {
    trace!(target: STAGE, "mint");
    let id = token_id(exchange)?;
    let draft = draft(exchange, &permit, id);
    if !within(&draft, &permit) {
        return Err(Refusal::new(Cause::Bug, "the draft says more than the permit"));
    }
    let token_type = &permit.token_type;
    let unsupported =
        || Refusal::new(Cause::UnsupportedTokenType, format!("no format {token_type}"));
    let format = exchange.kernel.format(token_type).ok_or_else(unsupported)?;
    let retry = Duration::from_secs(5);
    let Some(signer) = exchange.realm().signer(permit.signature) else {
        let why = format!("no active key signs {:?}", permit.signature);
        return Err(Refusal::unavailable(retry, why));
    };
    let token = format.encode(&draft, signer).await.map_err(|flaw| match flaw {
        EncodeFlaw::Draft(why) => Refusal::new(Cause::Unsupported, why),
        EncodeFlaw::Sign(flaw) => Refusal::unavailable(retry, flaw.to_string()),
    })?;
    Ok(Minted {
        token,
        id: draft.id,
        token_type: permit.token_type,
        subject: draft.subject.value,
        parties: draft.audiences,
        lifetime: draft.lifetime,
        scope: draft.scope,
        lineage: draft.lineage,
    })
}

fn draft(exchange: &Exchange<'_>, permit: &Permit, id: TokenId) -> Draft {
    Draft {
        issuer: exchange.realm().issuer.clone(),
        issued_at: exchange.now(),
        subject: permit.subject.clone(),
        audiences: permit.parties.iter().map(|p| p.id.clone()).collect(),
        lifetime: permit.lifetime,
        authenticated: permit.authenticated,
        attributes: permit.claims.clone(),
        confirmation: permit.confirmation.clone(),
        client: permit.client.clone(),
        scope: permit.scopes.as_ref().map(|scopes| scopes.join(" ")),
        lineage: permit.lineage.clone().unwrap_or_else(|| Lineage::new(id.as_str())),
        layout: permit.parties.first().map(|p| p.layout).unwrap_or_default(),
        id,
    }
}

// INVARIANT: whatever composes a draft, what is signed stays within the permit.
fn within(draft: &Draft, permit: &Permit) -> bool {
    draft.subject.value == permit.subject.value
        && draft.audiences.iter().all(|a| permit.parties.iter().any(|p| p.id == *a))
        && draft.lifetime.from() >= permit.lifetime.from()
        && draft.lifetime.until() <= permit.lifetime.until()
        && draft.attributes.within(&permit.claims)
        && draft.confirmation == permit.confirmation
}

/// 128 random bits; `_` first, for an XML id must not begin with a digit. SPEC: SAML 2.0 core §1.3.4.
fn token_id(exchange: &Exchange<'_>) -> Result<TokenId, Refusal> {
    let mut octets = [0; 16];
    let filled = exchange.kernel.ports.random.fill(&mut octets);
    filled.map_err(|_| Refusal::unavailable(Duration::from_secs(1), "no randomness"))?;
    Ok(TokenId::new(format!("_{:032x}", u128::from_be_bytes(octets))))
}
