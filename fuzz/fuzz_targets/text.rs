#![no_main]

use libfuzzer_sys::fuzz_target;
use ragload::request::response::Format;

fuzz_target!(|data: &[u8]| ragload_fuzz::read(Format::Text, data));
