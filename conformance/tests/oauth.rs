//! OAuth: every refusal with its exact code and status, the tokens that are issued, the documents that describe it.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]
#![expect(clippy::indexing_slicing, reason = "a test that goes wrong must fail")]
#![expect(clippy::panic, reason = "a test that goes wrong must fail")]

#[path = "oauth/assertions.rs"]
mod assertions;
#[path = "oauth/clients.rs"]
mod clients;
#[path = "oauth/documents.rs"]
mod documents;
#[path = "oauth/forms.rs"]
mod forms;
#[path = "oauth/grants.rs"]
mod grants;
#[path = "oauth/issued.rs"]
mod issued;
#[path = "oauth/subjects.rs"]
mod subjects;
mod support;
