#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| symbolon_fuzz_targets::signature_reader(octets));
