//! OAuth: every refusal with its exact code and status, the tokens that are issued, the documents that describe it.

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
