//! The server: what owns the clock, the sockets and the configuration.
//!
//! In:  a [`Config`] and a [`Control`].
//! Out: a server that answers until it is told to stop.
//! Never: a decision about tokens: routes find the endpoint, protocols and kernel do the rest.
//!
//! In the order in which a server starts and then a request comes:

mod check;
pub mod clock;
pub mod config;
mod connection;
mod control;
pub mod dev;
pub mod ids;
mod linger;
pub mod listener;
pub mod logs;
mod measured;
pub mod metrics;
mod offline;
pub mod operations;
mod places;
pub mod protocols;
mod provision;
pub mod routes;
mod secrets;
pub mod tls;
mod told;
mod turned;
mod wiring;

use std::net::SocketAddr;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::control::Order;
use crate::listener::{ListenError, Listener};
use crate::metrics::Meters;
use crate::operations::Operations;
use crate::protocols::Protocols;
use crate::routes::Routes;
use crate::tls::{Tls, TlsFlaw};

pub use check::check;
pub use control::{Control, Handle, Stop, control};
pub use offline::{Draft, preview, provision_offline};
pub use provision::{Prune, read as read_objects};
pub use wiring::{Wired, WiringError};

/// Where a server listens, once it does: with the real ports where 0 was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Addresses {
    /// The endpoints, over TLS.
    pub listen: SocketAddr,
    /// Health, readiness and metrics, in plain HTTP.
    pub operations: SocketAddr,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Store, keys, objects or files are not as they must be.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsFlaw),
}

/// Starts; calls `ready` once it answers; serves until told to stop; drains; returns.
///
/// Runs on the caller's tokio runtime: a multi-threaded one has a worker for every core. Logs are the caller's too
/// ([`logs::install`]). Dropped, it cuts everything off.
///
/// # Errors
/// [`StartError`]: nothing was served.
pub async fn serve(
    config: Config,
    mut control: Control,
    ready: impl FnOnce(Addresses),
) -> Result<(), StartError> {
    // Sockets first: a port that is in use must not cost a store its migration, and `--dev` needs the real port.
    let limits = config.limits;
    let main = Listener::bind(config.listen.address, limits).await?;
    let operations = Listener::bind(config.listen.operations, limits).await?;
    let addresses = Addresses { listen: main.address(), operations: operations.address() };

    let clock = Arc::new(Clock::start());
    let mut meters = Meters::new();
    let wired = Wired::start(config, addresses, Arc::clone(&clock), &mut meters).await?;
    let (tls, meters) = (Tls::new(wired.identity()?)?, Arc::new(meters));
    let site = Protocols::new(wired.kernel());
    let routes = Arc::new(Routes::new(site, Arc::clone(&clock), limits, Arc::clone(&meters)));
    let health = Operations::new(
        wired.readiness(),
        Arc::clone(&clock),
        Arc::clone(&meters),
        control.stops(),
    );

    // Who asks during the drain is told that there is one: the operations listener goes last.
    let (drained, watching) = self::control();
    let (stop, last) = (control.stops(), watching.stops());
    let serving = async {
        main.serve(Some(tls.clone()), routes, Arc::clone(&meters), stop).await;
        drained.stop();
    };
    let watched = operations.serve(None, Arc::new(health), Arc::clone(&meters), last);
    let orders = async {
        while control.next().await == Order::Reload {
            clock.accept();
            wired.reload(&tls).await;
        }
        tracing::info!("stopping");
    };
    ready(addresses);
    tokio::join!(serving, watched, orders);
    Ok(())
}
