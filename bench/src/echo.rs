//! The floor of HTTP over TLS: the server's own listener, and behind it nothing.
//!
//! In:  a POST to `/N`, of any length; or to `/N/F`, where F is the letter of a flow.
//! Out: N octets; for a flow, after its signatures and verifications by the library alone. The address is printed on standard output; the process ends with its standard input.
//! Never: routes, log lines or a clock: these are ours, not the listener's.
//!
//! Runs in a process of its own, as the server does, so that the load's processor time is not counted.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use symbolon_server::listener::{Answer, Limits, Listener, Respond, Source};
use symbolon_server::metrics::Meters;
use symbolon_server::tls::{Identity, Tls};

use crate::Failure;
use crate::flows::Flow;
use crate::signatures::Keys;

/// LIMIT: longer than any answer of ours.
const LONGEST: usize = 64 << 10;

struct Echo {
    octets: Bytes,
    keys: Keys,
}

impl Respond for Echo {
    async fn respond(&self, request: Request<Incoming>, _source: &Source) -> Answer {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let _read = request.into_body().collect().await;
        let (length, flow) = path.split_once('/').unwrap_or((&path, ""));
        let flow = Flow::ALL.into_iter().find(|one| one.letter() == flow);
        let done = flow.is_none_or(|flow| self.keys.once(flow).is_ok());
        let length = length.parse().ok().filter(|_| done).unwrap_or(0);
        let mut answer = Response::new(Full::new(self.octets.slice(..LONGEST.min(length))));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        answer
    }
}

/// Serves with the certificate of a `--dev` data directory, on a runtime like the server's.
pub(crate) fn run(data: &Path) -> Result<(), Failure> {
    let chain = std::fs::read(data.join("tls.crt"))?;
    let key = std::fs::read(data.join("tls.key"))?;
    let tls = Tls::new(Identity::from_pem(&chain, &key)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::bind(anywhere, Limits::default()).await?;
        writeln!(io::stdout(), "{}", listener.address())?;
        let (handle, control) = symbolon_server::control();
        std::thread::spawn(move || {
            let _ends_with_our_parent = io::copy(&mut io::stdin(), &mut io::sink());
            handle.stop();
        });
        let octets = Bytes::from(vec![b'x'; LONGEST]);
        let echo = Arc::new(Echo { octets, keys: Keys::generate()? });
        listener.serve(Some(tls), echo, Arc::new(Meters::new()), control.stops()).await;
        Ok(())
    })
}
