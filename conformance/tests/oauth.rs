//! OAuth: every refusal with its exact code and status, the tokens that are issued, the documents that describe it.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]
#![expect(clippy::indexing_slicing, reason = "a test that goes wrong must fail")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that goes wrong must fail")]

#[path = "oauth/clients.rs"]
mod clients;
#[path = "oauth/documents.rs"]
mod documents;
#[path = "oauth/forms.rs"]
mod forms;
#[path = "oauth/issued.rs"]
mod issued;
#[path = "oauth/subjects.rs"]
mod subjects;
mod support;
