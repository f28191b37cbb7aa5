//! A permit is made by `decide` alone: not even a changed copy of one can be put together.
use symbolon_kernel::Permit;
use symbolon_model::Claims;

fn widen(permit: Permit) -> Permit {
    Permit { claims: Claims::none(), ..permit }
}

fn main() {}
