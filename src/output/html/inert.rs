//! What stands in the page without escaping: our own script, and the data it draws.
//!
//! Owns the one way past the template's escaping. Within a `<script>` element escapes mean
//! nothing and only `<` can end it: the script has no `</script`, the data no `<` at all. Must not
//! know what the data are.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use askama::filters::HtmlSafe;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// All that runs in the page: the charts, and what makes the page live. Every report carries it,
/// so what only its authors read is left out.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    lean(concat!(
        include_str!("../../../templates/charts.js"),
        include_str!("../../../templates/report.js")
    ))
});

/// A script without indentation and without lines that are nothing but comment. No text in it goes
/// over several lines.
fn lean(script: &str) -> String {
    let comment = |line: &str| {
        line.is_empty()
            || ["//", "/*", "* ", "*/"]
                .iter()
                .any(|start| line.starts_with(start))
            || line == "*"
    };
    let lines = script.lines().map(str::trim).filter(|line| !comment(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text that may stand in a `<script>` element as it is.
pub(super) struct Inert(Cow<'static, str>);

impl Inert {
    /// The page's script.
    pub(super) fn script() -> Self {
        Inert(Cow::Borrowed(&SCRIPT))
    }

    /// Data for it.
    pub(super) fn data(data: &impl Serialize) -> Self {
        let json = serde_json::to_string(data).expect("the data are plain");
        // In JSON a `<` occurs within texts alone, where it may be spelt like this.
        Inert(Cow::Owned(json.replace('<', "\\u003c")))
    }
}

impl fmt::Display for Inert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Inert {}

/// What the page's policy names the script by: no other may run.
pub(super) fn script_hash() -> String {
    format!(
        "sha256-{}",
        STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lean_script_has_all_that_runs() {
        let script = "/**\n * What it is.\n */\nconst a = 1; // one\n\n  // two\n  a * 2;\n";
        assert_eq!(lean(script), "const a = 1; // one\na * 2;");
    }

    #[test]
    fn neither_script_nor_data_can_end_their_element() {
        for end in ["</", "<!--"] {
            assert!(!SCRIPT.contains(end), "{end}");
        }
        let data = Inert::data(&["</script><script>alert(1)</script>", "<!--"]).to_string();
        assert!(!data.contains('<'), "{data}");
        let read: Vec<String> = serde_json::from_str(&data).unwrap();
        assert_eq!(read, ["</script><script>alert(1)</script>", "<!--"]);
    }
}
