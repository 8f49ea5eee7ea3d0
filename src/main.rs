//! The program's door: a call into the library, and the exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    ragload::cli::main(std::env::args_os().collect())
}
