//! The commands; one file each.

pub(crate) mod audit;
pub(crate) mod explain;
mod files;
pub(crate) mod provision;
pub(crate) mod serve;
pub(crate) mod token;
mod trail;
