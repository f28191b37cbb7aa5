//! OAuth clients: by a secret, by an assertion that one of their keys signed, or by name alone where their object says so.
//!
//! In:  what a client presented.
//! Out: a [`Requestor`]; for an assertion also the condition that it was not seen before.
//! Never: a key, an algorithm or an age of the assertion's own choice; a name alone for a client that could prove it. Why it
//!        failed is for the record: outward it is one answer.
//!
//! RFC 6749 §2.3; RFC 7521 §4.2; RFC 7523 §3; RFC 8725 §3.

use std::time::Duration;

use symbolon_formats::TrustedKey;
use symbolon_jose::{Claims as Payload, Jws};
use symbolon_keys::SignatureAlgorithm;
use symbolon_model::{AuthenticationMethod, Claims, ClientId, Once, Secret, Timestamp};

use super::{Requestor, not_available};
use crate::audit::Who;
use crate::evidence::ClientReading;
use crate::exchange::Exchange;
use crate::refusal::{Cause, Refusal};
use crate::snapshot::Client;

/// LIMIT: the mark of every accepted assertion is kept until it ends; an hour is what the most patient libraries write.
const LONGEST: Duration = Duration::from_secs(3600);
/// LIMIT: six claims and a header, in which some clients send a chain of certificates (that nobody looks at).
const OCTETS: usize = 16 * 1024;

/// What an assertion that counts is remembered by, and until when.
struct Mark {
    jti: String,
    until: Timestamp,
}

impl Exchange<'_> {
    /// A client by its secret. Of several readings that counts whose id is known, the standard's first.
    pub(super) async fn client_by_secret(
        &mut self,
        readings: &[ClientReading],
    ) -> Result<Requestor, Refusal> {
        let known = |reading: &&ClientReading| self.realm().clients.contains_key(&reading.id);
        let reading = readings.iter().find(known).or_else(|| readings.first());
        let client = reading.and_then(|reading| self.realm().clients.get(&reading.id).cloned());
        // SECURITY: an unknown client, and one without a secret, cost the same argon2id work as a wrong secret.
        // Test: unknown_client_and_wrong_secret_cost_the_same.
        let hash = client.as_ref().and_then(|client| client.secret.as_ref());
        let candidates = reading.map(|reading| reading.candidates.as_slice()).unwrap_or_default();
        let fits = self.kernel.ports.directory.fits(hash, candidates).await;
        let (true, Some(client)) = (fits.map_err(not_available)?, client) else {
            let why = "no client has this id and this secret";
            return Err(Refusal::new(Cause::Unauthenticated, why));
        };
        self.record.proven.push(format!("secret of client {}", client.id));
        Ok(self.fresh_client(&client.id, AuthenticationMethod::ClientSecret))
    }

    /// A client by an assertion about itself. `claimed`: the id that came beside it.
    pub(super) fn client_by_assertion(
        &mut self,
        claimed: Option<&ClientId>,
        assertion: &Secret<String>,
    ) -> Result<Requestor, Refusal> {
        let (id, algorithm, mark) = self.assertion(claimed, assertion.expose()).map_err(|why| {
            Refusal::new(Cause::Unauthenticated, format!("client assertion: {why}"))
        })?;
        self.expect_unseen(&Who::Client(id.clone()), &Once::Jti(mark.jti), mark.until);
        let algorithm = algorithm.as_jws().unwrap_or_default();
        self.record.proven.push(format!("key of client {id} ({algorithm})"));
        Ok(self.fresh_client(&id, AuthenticationMethod::Token))
    }

    /// A client that has nothing to prove itself with, and says so in its object.
    pub(super) fn public_client(&self, id: &ClientId) -> Result<Requestor, Refusal> {
        let who = Who::Client(id.clone());
        if !self.realm().is_public(&who) {
            let why = "no public client has this id";
            return Err(Refusal::new(Cause::Unauthenticated, why));
        }
        let mut requestor = self.fresh_client(id, AuthenticationMethod::Token);
        requestor.0.authenticated = None;
        Ok(requestor)
    }

    fn fresh_client(&self, id: &ClientId, method: AuthenticationMethod) -> Requestor {
        self.fresh(Who::Client(id.clone()), id.as_str(), Claims::none(), method)
    }

    fn assertion(
        &self,
        claimed: Option<&ClientId>,
        compact: &str,
    ) -> Result<(ClientId, SignatureAlgorithm, Mark), String> {
        let jws = Jws::parse(compact, OCTETS).map_err(|flaw| flaw.to_string())?;
        // SECURITY: cross-JWT confusion (RFC 8725 §3.11): an access token or a DPoP proof is no assertion.
        // Test: another_kind_of_jwt_is_no_client_assertion.
        if jws.typ().is_some()
            && !["JWT", "client-authentication+jwt"].iter().any(|t| jws.is_type(t))
        {
            return Err("a typ of another kind of JWT".to_owned());
        }
        let algorithm = jws.algorithm().ok_or("an algorithm outside the list")?;
        let named = Payload::parse(jws.unverified_payload()).map_err(|flaw| flaw.to_string())?;
        let client = named.sub().and_then(|id| self.realm().clients.get(id));
        let claims = self.signed_claims(&jws, algorithm, client.map(AsRef::as_ref))?;
        let client = client.ok_or("of no client here")?;
        let mark = self.check_claims(&claims, &client.id, claimed)?;
        Ok((client.id.clone(), algorithm, mark))
    }

    /// The claims, if a key of the client signed them with the algorithm that its object says.
    fn signed_claims(
        &self,
        jws: &Jws<'_>,
        algorithm: SignatureAlgorithm,
        client: Option<&Client>,
    ) -> Result<Payload, String> {
        let keys = client.map(|client| client.keys.as_slice()).unwrap_or_default();
        // SECURITY: the algorithm is the key's own; the header only says which of the keys may be meant.
        let may_be = |k: &&TrustedKey| k.algorithm == algorithm && k.may_be_called(jws.kid());
        let mut tried = keys.iter().filter(may_be).peekable();
        if tried.peek().is_none() {
            self.verify_in_vain(jws, algorithm);
        }
        let verified = tried.find_map(|trusted| jws.verify(&trusted.key, algorithm).ok());
        let verified = verified.ok_or("signed by none of the client's keys")?;
        verified.claims().map_err(|flaw| flaw.to_string())
    }

    // SECURITY: for an unknown client, and one without such a key, a signature is verified as well: which names exist does not
    // show in the duration. The key is one of our own; its yes counts for nothing.
    // Test: an_assertion_of_our_own_token_key_is_nobodys.
    fn verify_in_vain(&self, jws: &Jws<'_>, algorithm: SignatureAlgorithm) {
        let mut keys = self.realm().keys.iter().map(|key| &key.trusted.key);
        if let Some(key) = keys.find(|key| algorithm.fits_jws(key.kind())) {
            let _in_vain = jws.verify(key, algorithm);
        }
    }

    // SPEC: RFC 7523 §3, RFC 7521 §4.2: iss and sub are the client; aud, exp; nbf, iat and jti as they are there. Stricter:
    // jti must be there, every audience must be ours (draft-ietf-oauth-rfc7523bis), and exp is bounded.
    fn check_claims(
        &self,
        claims: &Payload,
        id: &ClientId,
        claimed: Option<&ClientId>,
    ) -> Result<Mark, String> {
        if claims.iss() != Some(id.as_str()) || claimed.is_some_and(|claimed| claimed != id) {
            return Err(format!("sub is {id}, but iss or client_id names another"));
        }
        let issuer = self.realm().issuer.as_str();
        let ours = |name: &String| name == issuer || self.endpoint.is_at(name);
        if claims.aud().is_empty() || !claims.aud().iter().all(ours) {
            return Err(format!("meant for {:?}, not for this endpoint alone", claims.aud()));
        }
        let (now, skew) = (self.now(), self.realm().skew);
        let until = claims.exp().map(Timestamp::from_millis).ok_or("no exp")?.after(skew.past);
        if now >= until || until > now.after(LONGEST).after(skew.past) {
            return Err(format!("holds until {:?} s", claims.exp().map(|at| at / 1000)));
        }
        let begun = |at: i64| Timestamp::from_millis(at) <= now.after(skew.future);
        if ![claims.nbf(), claims.iat()].into_iter().flatten().all(begun) {
            return Err("from the future".to_owned());
        }
        let jti = claims.jti().filter(|jti| !jti.is_empty()).ok_or("no jti")?;
        Ok(Mark { jti: jti.to_owned(), until })
    }
}
