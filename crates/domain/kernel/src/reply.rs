//! What a protocol hands back to the listener. The kernel does not interpret it; it stands here so that protocols, which do
//! not know each other, give the listener one shape.

use std::borrow::Cow;

use symbolon_model::{RealmId, RequestId};

use crate::refusal::Refusal;

/// An HTTP answer, and what logs and metrics say about it.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// HTTP headers, names in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
    /// What happened; `None` for a document that no exchange stands behind.
    pub summary: Option<Summary>,
}

/// What logs and metrics say about an answer.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The request's id.
    pub request: RequestId,
    /// The realm.
    pub realm: RealmId,
    /// The protocol.
    pub protocol: &'static str,
    /// The operation; `none` where the request did not get that far.
    pub operation: &'static str,
    /// `issued` or `refused`.
    pub outcome: &'static str,
    /// Why it was refused, with the detail that the log may have and the requestor may not.
    pub refusal: Option<Refusal>,
}
