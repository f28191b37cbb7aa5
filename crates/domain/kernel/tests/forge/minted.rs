//! A minted token is made by `mint` alone, and a permit is needed for that.
use symbolon_kernel::Minted;
use symbolon_model::TokenBytes;

fn relabel(minted: Minted) -> Minted {
    Minted { token: TokenBytes::new(Vec::new()), ..minted }
}

fn main() {}
