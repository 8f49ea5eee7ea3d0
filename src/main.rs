//! The program's door: nothing but a call into the library and the exit.

fn main() {}
