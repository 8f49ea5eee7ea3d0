//! Comparing with files that hold what is right; `UPDATE_GOLDEN=1` rewrites them.

use std::path::Path;

/// Compares a text with `tests/golden/<name>`, byte for byte.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's switch is read where the test is"
)]
pub(crate) fn check(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = found
        .lines()
        .zip(expected.lines())
        .position(|(a, b)| a != b);
    let line = differs.unwrap_or_else(|| found.lines().count().min(expected.lines().count()));
    assert!(
        found == expected,
        "{name} differs from line {}:\n  found    {:?}\n  expected {:?}\n(UPDATE_GOLDEN=1 rewrites it)",
        line + 1,
        found.lines().nth(line),
        expected.lines().nth(line),
    );
}
