//! Where tests find the programs they drive: all in one folder, filled by `scripts/setup-tests.sh`.

use std::path::{Path, PathBuf};

/// A path inside the project.
pub(crate) fn project(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The program of that name (`locust`, `chromium`, `tmux`) among the test tools.
///
/// # Panics
///
/// When it is not there: an ignored test that is run must run, not pass by doing nothing.
pub(crate) fn tool(name: &str) -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the tools are is the machine's to say"
    )]
    let folder = std::env::var_os("RAGLOAD_TEST_TOOLS").unwrap_or_else(|| ".test-tools".into());
    let program = project("").join(folder).join("bin").join(name);
    assert!(
        program.exists(),
        "{name} is not at {}: run scripts/setup-tests.sh",
        program.display()
    );
    program
}
