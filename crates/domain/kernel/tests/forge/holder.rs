//! A holder cannot be made, or opened, outside the kernel.
use symbolon_kernel::{Holder, VerifiedToken};

fn forge(token: VerifiedToken) -> Holder {
    Holder(token)
}

fn main() {}
