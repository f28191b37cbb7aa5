//! A requestor is made by `authenticate` alone.
use symbolon_kernel::Requestor;

fn forge(subject: String) -> Requestor {
    Requestor(subject)
}

fn main() {}
