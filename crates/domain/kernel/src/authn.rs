//! Authentication: evidence becomes a [`Requestor`], a token becomes a [`VerifiedToken`]. Nothing else makes either.
//!
//! In:  the facts that a protocol stated, unbelieved.
//! Out: who asks; what a token says; or one refusal that does not tell a wrong name from a wrong secret.
//! Never: routes by syntax: whose a token is, its verified signature says. A key that a token carries is not looked at.

mod accounts;
mod client;

use symbolon_formats::{Contents, NameId, RawToken};
use symbolon_keys::sha256;
use symbolon_model::signals::STAGE;
use symbolon_model::{
    AccountName, Authenticated, Claims, Lineage, Once, PartyId, Timestamp, TokenType,
};
use tracing::trace;

use crate::audit::Who;
use crate::decide::SCOPE;
use crate::evidence::{Credential, Evidence, FoundKey, KeyHint, Presented};
use crate::exchange::{Authentication, Exchange};
use crate::operation::SubjectWish;
use crate::ports::{Condition, NotAvailable};
use crate::refusal::{Cause, Refusal, Role, TokenFlaw};

/// Somebody who has proven who they are. Made by `authenticate` alone.
#[derive(Debug)]
pub struct Requestor(Subject);

impl Requestor {
    /// Who it is.
    pub fn who(&self) -> &Who {
        &self.0.who
    }
}

/// Whom a token may be about: a requestor, or the subject of a verified token.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) who: Who,
    pub(crate) name: NameId,
    pub(crate) claims: Claims,
    pub(crate) authenticated: Option<Authenticated>,
    /// The scopes that nothing derived from it may exceed; `None`: it says nothing about scope.
    pub(crate) scopes: Option<Vec<String>>,
    /// Nothing derived from it may hold longer.
    pub(crate) until: Option<Timestamp>,
    pub(crate) lineage: Option<Lineage>,
    /// What the token that names it was presented as.
    pub(crate) role: Role,
}

/// A token whose issuer, signature, time and audience were checked. Made by `verify_token` alone.
#[derive(Debug)]
pub struct VerifiedToken {
    contents: Contents,
    ours: bool,
}

/// Who it would be, were the key proven. Opaque outside the kernel.
#[derive(Debug)]
pub struct Holder(VerifiedToken);

impl Exchange<'_> {
    /// Finds a key that `open` needs, within the exchange's budget.
    ///
    /// # Errors
    /// One refusal for every token that is not good, whatever is wrong with it.
    pub async fn find_key(&mut self, hint: KeyHint<'_>) -> Result<FoundKey, Refusal> {
        match hint {
            KeyHint::Confirmed(credential) => {
                let token = self.verify_token(Role::Credential, credential, &[]).await?;
                Ok(FoundKey { key: None, label: None, holder: Some(Holder(token)) })
            }
        }
    }

    /// Decides who asks.
    ///
    /// # Errors
    /// [`Cause::Stale`], [`Cause::MalformedSecurity`], [`Cause::UnsupportedCredential`], [`Cause::Unauthenticated`] or
    /// [`Cause::Unavailable`].
    pub async fn authenticate(&mut self, evidence: &Evidence) -> Result<Authentication, Refusal> {
        trace!(target: STAGE, "authenticate");
        self.check_tolerances(evidence)?;
        self.check_time(evidence)?;
        let presented = only(&evidence.credentials)?;
        if !self.endpoint.credentials.contains(&presented.kind) {
            let why = format!("{:?} is not a credential of this endpoint", presented.kind);
            return Err(Refusal::new(Cause::UnsupportedCredential, why));
        }
        let requestor = match &presented.credential {
            Credential::Password { name, secret } => {
                self.log_in(name, secret, presented.confidential).await?
            }
            Credential::PasswordDigest { name, digest, made } => {
                self.log_in_with_digest(name, digest, *made).await?
            }
            Credential::ClientSecret(readings) => self.client_by_secret(readings).await?,
            Credential::ClientAssertion { claimed, assertion } => {
                self.client_by_assertion(claimed.as_ref(), assertion)?
            }
            Credential::PublicClient(id) => self.public_client(id)?,
            Credential::Held(Holder(token)) => Requestor(token.subject(Role::Credential)),
            Credential::Token { .. } => {
                let why = "a token that was not verified is no credential";
                return Err(Refusal::new(Cause::UnsupportedCredential, why));
            }
        };
        // SECURITY: a public client's name proves nothing: its refusals are a stranger's until a token about somebody holds,
        // and do not wait for the disk. Test: a_public_client_is_a_stranger_until_its_assertion_holds.
        if !self.realm().is_public(requestor.who()) {
            self.record.requestor = Some(requestor.who().clone());
        }
        self.expect_no_copy(evidence, requestor.who());
        Ok(Authentication::Done(requestor))
    }

    /// The subject that a wish names. A token that cannot be verified is an error, never the requestor's own identity.
    pub(crate) async fn subject(
        &mut self,
        requestor: &Requestor,
        wish: SubjectWish,
    ) -> Result<Subject, Refusal> {
        let (role, credential) = match wish {
            SubjectWish::Requestor if self.realm().is_public(requestor.who()) => {
                let why = "a public client, of which nothing is proven, is no subject";
                return Err(Refusal::new(Cause::Client, why));
            }
            SubjectWish::Requestor => return Ok(requestor.0.clone()),
            SubjectWish::Impersonate(credential) => (Role::Subject, credential),
            SubjectWish::Asserted(credential) => (Role::Assertion, credential),
        };
        let also = self.may_exchange(requestor);
        let token = self.verify_token(role, &credential, &also).await?;
        self.record.requestor.get_or_insert_with(|| requestor.who().clone());
        Ok(token.subject(role))
    }

    fn may_exchange(&self, requestor: &Requestor) -> Vec<PartyId> {
        match requestor.who() {
            Who::Client(id) => {
                self.realm().clients.get(id).map(|c| c.may_exchange.clone()).unwrap_or_default()
            }
            Who::Account(_) | Who::Subject { .. } => Vec::new(),
        }
    }

    fn check_tolerances(&mut self, evidence: &Evidence) -> Result<(), Refusal> {
        for used in &evidence.tolerances {
            if !self.endpoint.tolerances.contains(used) {
                let why = format!("the endpoint does not list the tolerance {used:?}");
                return Err(Refusal::new(Cause::MalformedSecurity, why));
            }
        }
        self.record.tolerances.clone_from(&evidence.tolerances);
        Ok(())
    }

    // SPEC: WSS SOAP Message Security 1.1 §10.
    fn check_time(&self, evidence: &Evidence) -> Result<(), Refusal> {
        let Some(sent) = evidence.sent else { return Ok(()) };
        if sent.holds(self.now(), self.realm().skew) {
            return Ok(());
        }
        let (from, until, now) = (sent.from().millis(), sent.until().millis(), self.now().millis());
        let why = format!("the message holds from {from} until {until} ms, now it is {now} ms");
        Err(Refusal::new(Cause::Stale, why))
    }

    // INVARIANT: a copy is refused by the commit; a stranger never burns a key, for this runs after authentication.
    fn expect_no_copy(&mut self, evidence: &Evidence, who: &Who) {
        let window = match evidence.sent {
            Some(sent) => sent.until(),
            None => self.now().after(self.realm().message_age),
        };
        let until = window.after(self.realm().skew.past);
        for once in &evidence.once {
            self.expect_unseen(who, once, until);
        }
    }

    fn expect_unseen(&mut self, who: &Who, once: &Once, until: Timestamp) {
        let key = replay_key(self.realm().id.as_str(), who, once);
        self.record.conditions.push(Condition::Unseen { key, until });
    }

    /// Verifies a token that came with the request: issuer, signature, time, audience.
    ///
    /// `also`: relying parties whose tokens are accepted besides those meant for this service.
    async fn verify_token(
        &mut self,
        role: Role,
        credential: &Credential,
        also: &[PartyId],
    ) -> Result<VerifiedToken, Refusal> {
        let Credential::Token { token_type, raw } = credential else {
            return Err(refused(role, TokenFlaw::Unverified, "not a token"));
        };
        let Some(left) = self.keys_left.checked_sub(1) else {
            return Err(Refusal::new(Cause::Malformed, "more tokens than one exchange may hold"));
        };
        self.keys_left = left;
        let contents = self.read_token(role, token_type, raw).await?;
        let ours = contents.issuer == self.realm().issuer;
        // SECURITY: a client's token about itself names it by its id, which may be an account's name as well (RFC 9700 §4.15):
        // exchanged, it would be that account's. Test: a_clients_token_about_itself_names_no_account.
        let of_a_client =
            contents.client.as_ref().is_some_and(|c| c.as_str() == contents.subject.value);
        if ours && of_a_client {
            return Err(refused(role, TokenFlaw::Unverified, "a client's own token about itself"));
        }
        self.check_token_time(role, &contents)?;
        self.check_audience(role, token_type, &contents, also)?;
        let (issuer, subject) = (contents.issuer.as_str(), &contents.subject.value);
        let weakly = if contents.rests_on_sha1 { " (by SHA-1)" } else { "" };
        self.record.proven.push(format!("token of {issuer} about {subject}{weakly}"));
        Ok(VerifiedToken { contents, ours })
    }

    // SECURITY: until the signature holds, every flaw is one refusal, so that nobody learns whom we trust.
    // Test: every_flaw_before_the_signature_is_one_refusal.
    async fn read_token(
        &self,
        role: Role,
        token_type: &TokenType,
        raw: &RawToken,
    ) -> Result<Contents, Refusal> {
        let unverified = |why: String| refused(role, TokenFlaw::Unverified, why);
        let Some(format) = self.kernel.format(token_type) else {
            return Err(Refusal::new(
                Cause::UnsupportedTokenType,
                format!("no format {token_type}"),
            ));
        };
        let raw = &format.parsed(raw.clone()).map_err(|flaw| unverified(flaw.to_string()))?;
        let named = format.issuer(raw).map_err(|flaw| unverified(flaw.to_string()))?;
        let Some(keys) = self.realm().trusted_keys(&named, token_type, self.now()) else {
            return Err(unverified(format!("{named} is not an issuer of {token_type} here")));
        };
        let contents = format.verify(raw, &keys).await.map_err(|f| unverified(f.to_string()))?;
        if contents.issuer.as_str() != named {
            return Err(unverified(format!("named {named}, signed as {}", contents.issuer)));
        }
        Ok(contents)
    }

    fn check_token_time(&self, role: Role, contents: &Contents) -> Result<(), Refusal> {
        let (now, skew) = (self.now(), self.realm().skew);
        let begun = contents.not_before.is_none_or(|from| now.after(skew.future) >= from);
        if begun && now < contents.not_after.after(skew.past) {
            return Ok(());
        }
        let until = contents.not_after.millis();
        let why = format!("the token holds until {until} ms, now it is {} ms", now.millis());
        Err(refused(role, TokenFlaw::NotNow, why))
    }

    // SPEC: SAML 2.0 core §2.5.1.4 (each restriction must be met), RFC 7522 §3 (Recipient), RFC 7519 §4.1.3.
    fn check_audience(
        &self,
        role: Role,
        token_type: &TokenType,
        contents: &Contents,
        also: &[PartyId],
    ) -> Result<(), Refusal> {
        let realm = self.realm();
        let meant_for_us =
            |name: &String| realm.is_this_service(name) || also.iter().any(|p| p.as_str() == name);
        let restrictions = &contents.audiences;
        let met = restrictions.iter().all(|any_of| any_of.iter().any(meant_for_us));
        if restrictions.is_empty() || !met {
            let why = format!("meant for {restrictions:?}, not for this service");
            return Err(refused(role, TokenFlaw::Audience, why));
        }
        let foreign_saml = *token_type == TokenType::SAML2 && contents.issuer != realm.issuer;
        let to = &contents.recipients;
        // SPEC: RFC 7522 §3: of an assertion that is a grant, this endpoint.
        let is_here = |url: &str| match role {
            Role::Assertion => self.endpoint.is_at(url),
            Role::Credential | Role::Subject => realm.is_recipient(url),
        };
        if (foreign_saml && to.is_empty()) || !to.iter().all(|url| is_here(url)) {
            let why = format!("to be presented at {to:?}, not here");
            return Err(refused(role, TokenFlaw::Audience, why));
        }
        Ok(())
    }
}

impl VerifiedToken {
    fn subject(&self, role: Role) -> Subject {
        let contents = &self.contents;
        let name = contents.subject.value.clone();
        let who = if self.ours {
            Who::Account(AccountName::new(name))
        } else {
            Who::Subject { issuer: contents.issuer.as_str().to_owned(), name }
        };
        Subject {
            who,
            name: contents.subject.clone(),
            claims: contents.attributes.clone(),
            authenticated: contents.authenticated,
            scopes: self.scopes(),
            until: Some(contents.not_after),
            lineage: contents.id.as_ref().map(|id| Lineage::new(id.as_str())),
            role,
        }
    }

    /// What bounds it by scope: what it says so, and an assertion of ours by an attribute.
    fn scopes(&self) -> Option<Vec<String>> {
        let said = self.contents.scope.as_ref().map(std::slice::from_ref);
        let attribute = || self.contents.attributes.get(SCOPE).filter(|_| self.ours);
        let scopes = said.or_else(attribute)?.iter().flat_map(|scopes| scopes.split(' '));
        Some(scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
    }
}

fn only(credentials: &[Presented]) -> Result<&Presented, Refusal> {
    match credentials {
        [one] => Ok(one),
        [] => Err(Refusal::new(Cause::Unauthenticated, "no credential")),
        [..] => {
            Err(Refusal::new(Cause::MalformedSecurity, "more credentials than the endpoint takes"))
        }
    }
}

fn refused(role: Role, flaw: TokenFlaw, why: impl Into<String>) -> Refusal {
    Refusal::new(Cause::Token { role, flaw }, why)
}

fn not_available(failure: NotAvailable) -> Refusal {
    Refusal::unavailable(failure.retry_after, failure.what)
}

/// SHA-256 over realm, requestor and mark, each with its length before it, so that no two inputs run together.
fn replay_key(realm: &str, who: &Who, once: &Once) -> [u8; 32] {
    let (kind, mark): (&str, &[u8]) = match once {
        Once::MessageId(id) => ("message-id", id.as_bytes()),
        Once::Nonce(nonce) => ("nonce", nonce),
        Once::Jti(jti) => ("jti", jti.as_bytes()),
        Once::Signature(value) => ("signature", value),
    };
    let (population, issuer, name) = match who {
        Who::Account(name) => ("account", "", name.as_str()),
        Who::Client(id) => ("client", "", id.as_str()),
        Who::Subject { issuer, name } => ("subject", issuer.as_str(), name.as_str()),
    };
    let mut octets = Vec::with_capacity(128);
    for part in [realm, population, issuer, name, kind].map(str::as_bytes).into_iter().chain([mark])
    {
        octets.extend_from_slice(&part.len().to_be_bytes());
        octets.extend_from_slice(part);
    }
    sha256(&octets)
}
