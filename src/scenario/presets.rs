//! The presets: what common services ask for and how they answer.
//!
//! Owns their texts. Each is the keys of a request, only defaults. Must not know how they are
//! put under a request's own keys.

use super::problems::suggestion;

/// One preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name: `openai-chat`.
    pub name: &'static str,
    /// Its keys, as YAML with comments.
    pub text: &'static str,
}

impl Preset {
    /// Its first line: what it is for.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches(['#', ' '])
    }
}

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(Preset {
            name: $name,
            text: include_str!(concat!("presets/", $name, ".yaml")),
        }),*]
    };
}

/// Every preset, the general ones first.
pub const PRESETS: &[Preset] = presets![
    "rag-json",
    "rag-sse",
    "openai-chat",
    "ollama",
    "lightrag",
    "nvidia-rag",
    "ragflow",
    "dify",
    "anthropic",
    "cohere",
];

/// The preset of this name; an underscore is read as a hyphen.
///
/// # Errors
/// What to tell whoever asked for one that there is not.
pub fn preset(name: &str) -> Result<&'static Preset, String> {
    let wanted = name.trim().replace('_', "-");
    let found = PRESETS.iter().find(|preset| preset.name == wanted);
    found.ok_or_else(|| {
        let known: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        format!("unknown preset `{name}`; {}", suggestion(&wanted, &known))
    })
}
