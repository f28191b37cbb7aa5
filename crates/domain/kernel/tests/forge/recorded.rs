//! An answer is made by `commit` alone: nothing else makes what is in it.
use symbolon_kernel::{Answer, Outcome, Recorded};

fn skip_the_commit(outcome: Outcome, other: Recorded<Outcome>) -> Answer {
    Answer::Done(Recorded { what: outcome, ..other })
}

fn main() {}
