//! A key for messages does not sign tokens.
use symbolon_formats::{Draft, Format};
use symbolon_keys::Signer;
use symbolon_model::purpose;

async fn mint(format: &dyn Format, draft: &Draft, signer: &Signer<purpose::Message>) {
    let _ = format.encode(draft, signer).await;
}

fn main() {}
