#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| symbolon_fuzz_targets::jwt_token(octets));
