//! The commands; one file each.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod explain;
mod files;
pub(crate) mod init;
pub(crate) mod objects;
pub(crate) mod provision;
pub(crate) mod rp;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod token;
mod trail;
mod whose;
mod wire;
