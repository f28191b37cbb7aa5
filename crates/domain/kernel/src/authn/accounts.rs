//! Accounts: a name in one of the realm's forms, and a password or a digest of a shared secret.
//!
//! In:  what a UsernameToken said.
//! Out: a requestor; or one refusal for a wrong name, a wrong form, a wrong secret and a disabled account.
//! Never: less work for a name that no account can have; a digest that is old, or that was seen before.
//!
//! UsernameToken Profile 1.1.1 §3.1.

use symbolon_formats::NameId;
use symbolon_model::{
    AccountName, Authenticated, AuthenticationMethod, Claims, Lifetime, Once, Secret, Timestamp,
};

use super::{Requestor, Subject, not_available};
use crate::audit::Who;
use crate::exchange::Exchange;
use crate::ports::{Account, Digest};
use crate::refusal::{Cause, Refusal, Role};

impl Exchange<'_> {
    pub(super) async fn log_in(
        &mut self,
        name: &AccountName,
        secret: &Secret<String>,
        confidential: bool,
    ) -> Result<Requestor, Refusal> {
        if !confidential {
            return Err(Refusal::new(Cause::Unauthenticated, "a password in clear"));
        }
        let name = self.account_name(name);
        let directory = &self.kernel.ports.directory;
        let found = directory.log_in(&self.endpoint.realm().id, &name, secret).await;
        let Some(account) = found.map_err(not_available)? else {
            let why = "no enabled account has this name and this password";
            return Err(Refusal::new(Cause::Unauthenticated, why));
        };
        self.record.proven.push(format!("password of account {}", account.name));
        Ok(self.logged_in(&account))
    }

    pub(super) async fn log_in_with_digest(
        &mut self,
        name: &AccountName,
        digest: &Digest,
        made: Timestamp,
    ) -> Result<Requestor, Refusal> {
        // SECURITY: a digest holds for as long as its nonce is remembered. Its own time says how long that is: the message's
        // timestamp is not covered by it. Test: a_digest_is_as_old_as_itself_says.
        let realm = self.realm();
        let until = made.after(realm.message_age);
        let fresh = Lifetime::new(made, until).is_ok_and(|held| held.holds(self.now(), realm.skew));
        let until = until.after(realm.skew.past);
        if !fresh {
            let why = format!("the digest was made at {} ms", made.millis());
            return Err(Refusal::new(Cause::Stale, why));
        }
        let name = self.account_name(name);
        let directory = &self.kernel.ports.directory;
        let found = directory.log_in_with_digest(&self.endpoint.realm().id, &name, digest).await;
        let Some(account) = found.map_err(not_available)? else {
            let why = "no enabled account has this name and shares the secret of this digest";
            return Err(Refusal::new(Cause::Unauthenticated, why));
        };
        self.record.proven.push(format!("digest of account {}", account.name));
        let requestor = self.logged_in(&account);
        self.expect_unseen(requestor.who(), &Once::Nonce(digest.nonce.clone()), until);
        Ok(requestor)
    }

    /// SECURITY: a name in a form that the realm does not allow is looked for all the same, as one that no account has, so
    /// that it costs what every other wrong name costs. Test: a_form_that_is_not_allowed_costs_the_same.
    fn account_name(&self, sent: &AccountName) -> AccountName {
        self.realm().account_names.resolve(sent).unwrap_or_else(|| AccountName::new(""))
    }

    fn logged_in(&self, account: &Account) -> Requestor {
        let (who, claims) = (Who::Account(account.name.clone()), account.attributes.clone());
        self.fresh(who, account.name.as_str(), claims, AuthenticationMethod::Password)
    }

    /// Somebody who has just authenticated here.
    pub(super) fn fresh(
        &self,
        who: Who,
        name: &str,
        claims: Claims,
        method: AuthenticationMethod,
    ) -> Requestor {
        let name = NameId { value: name.to_owned(), format: None };
        let authenticated = Some(Authenticated { method, at: self.now() });
        let (scopes, until, lineage, role) = (None, None, None, Role::Credential);
        Requestor(Subject { who, name, claims, authenticated, scopes, until, lineage, role })
    }
}
