//! The twin of the forgeries: each proof is had by doing what it proves.
use symbolon_formats::{Draft, Format};
use symbolon_kernel::{
    Answer, Authentication, Credential, Endpoint, Evidence, Exchange, Holder, KeyHint, Minted,
    Operation, Outcome, Refusal, Requestor,
};
use symbolon_keys::{PublicKey, Signer};
use symbolon_model::purpose;
use symbolon_xml::{Element, Tree};
use symbolon_xmlsec::{Budget, Expected, Key, VerifiedElement};

async fn requestor(exchange: &mut Exchange<'_>, evidence: &Evidence) -> Result<Requestor, Refusal> {
    match exchange.authenticate(evidence).await? {
        Authentication::Done(requestor) => Ok(requestor),
        Authentication::More(challenge) => match challenge {},
    }
}

async fn holder(exchange: &mut Exchange<'_>, token: &Credential) -> Result<Option<Holder>, Refusal> {
    Ok(exchange.find_key(KeyHint::Confirmed(token)).await?.holder)
}

async fn answer(
    mut exchange: Exchange<'_>,
    requestor: Requestor,
    evidence: &Evidence,
    operation: Operation,
) -> Answer {
    let done = exchange.run(requestor, evidence, operation).await;
    exchange.commit(done).await
}

fn minted(answer: &Answer) -> Option<&Minted> {
    match answer {
        Answer::Done(done) => match done.what() {
            Outcome::Issued(minted) => minted.first(),
            Outcome::Ask(challenge) => match *challenge {},
        },
        Answer::Refused(_) => None,
    }
}

fn verified(root: Element, signature: &Element, key: &PublicKey) -> Option<VerifiedElement> {
    let tree = Tree::new(root.clone()).ok()?;
    let mut left = Budget { octets: 4096, ..Budget::TOKEN };
    let view = tree.view(symbolon_xml::EVERYTHING);
    let expected = [root];
    let expected = Expected::Exactly(&expected);
    let key = Key::from(key);
    let verified = symbolon_xmlsec::verify(view, signature, &key, expected, None, &mut left).ok()?;
    verified.covered().first().cloned()
}

async fn mint(format: &dyn Format, draft: &Draft, signer: &Signer<purpose::Token>) {
    let _ = format.encode(draft, signer).await;
}

fn endpoint(endpoint: &Endpoint) -> String {
    endpoint.url()
}

fn main() {}
