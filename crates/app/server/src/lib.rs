//! The server: what owns the clock, the sockets and the configuration.
//!
//! In:  a [`Config`](config::Config) and a [`Control`].
//! Out: a server that answers until it is told to stop.
//! Never: a decision about tokens: routes find the endpoint, protocols and kernel do the rest.
//!
//! In the order in which a server starts and then a request comes:

pub mod clock;
mod connection;
mod control;
mod linger;
pub mod listener;
pub mod logs;
pub mod metrics;
pub mod operations;
mod places;
pub mod routes;
pub mod tls;
mod told;
mod turned;

pub use control::{Control, Handle, Stop, control};
