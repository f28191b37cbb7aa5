//! The site that this server is: the kernel's endpoints, each served by its protocol.
//!
//! In:  a path; a whole request.
//! Out: the protocol's reply.
//! Never: a header that the protocol does not name.

use std::sync::Arc;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use symbolon_kernel::snapshot::Serves;
use symbolon_kernel::{Endpoint, Kernel, Reply};

use crate::routes::{Received, Site};

const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// The kernel and the protocols that speak to it.
#[derive(Clone, Debug)]
pub struct Protocols {
    kernel: Arc<Kernel>,
}

impl Protocols {
    /// The protocols over a kernel.
    pub fn new(kernel: Arc<Kernel>) -> Self {
        Self { kernel }
    }
}

impl Site for Protocols {
    type Endpoint = Endpoint;

    fn find(&self, path: &str) -> Option<Endpoint> {
        self.kernel.endpoint(path)
    }

    async fn serve(&self, endpoint: &Endpoint, received: Received) -> Reply {
        let Received { arrival, method, headers, body } = &received;
        if *method != Method::POST {
            return document(endpoint);
        }
        let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let (arrival, content_type) = (arrival.clone(), header(&CONTENT_TYPE));
        match endpoint.serves {
            Serves::WsTrust13 | Serves::WsTrust2005 => {
                let soap_action = header(&SOAP_ACTION);
                let received =
                    symbolon_wstrust::Received { arrival, content_type, soap_action, body };
                symbolon_wstrust::serve(&self.kernel, endpoint, received).await
            }
            Serves::Mex => {
                let soap_action = header(&SOAP_ACTION);
                let received =
                    symbolon_wstrust::Received { arrival, content_type, soap_action, body };
                symbolon_wstrust::exchange(endpoint, &received)
            }
            Serves::OAuthToken => {
                let authorization = header(&AUTHORIZATION);
                let received =
                    symbolon_oauth::Received { arrival, content_type, authorization, body };
                symbolon_oauth::serve(&self.kernel, endpoint, received).await
            }
            Serves::FederationMetadata
            | Serves::Jwks
            | Serves::OAuthMetadata
            | Serves::OpenIdConfiguration => nothing(),
        }
    }
}

/// What is read at an endpoint: its protocol knows.
fn document(endpoint: &Endpoint) -> Reply {
    let of_wstrust = symbolon_wstrust::document(endpoint);
    of_wstrust.or_else(|| symbolon_oauth::document(endpoint)).unwrap_or_else(nothing)
}

/// For a protocol that does not know the document of its own endpoint.
fn nothing() -> Reply {
    Reply { status: 404, headers: Vec::new(), body: Vec::new(), summary: None }
}
