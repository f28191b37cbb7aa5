//! What must not compile: each proof of the kernel, forged from outside. The `.stderr` shows that it fails for privacy, and
//! the twin, which uses the proper way, compiles.

#[test]
fn proofs_cannot_be_forged() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/forge/proper_way.rs");
    cases.compile_fail("tests/forge/[!p]*.rs");
    cases.compile_fail("tests/forge/permit.rs");
}
