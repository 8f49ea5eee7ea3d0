//! The scenarios that ship inside the binary, byte for byte those of `scenarios/`.
//!
//! Must not know what a scenario means.

/// One shipped file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its file name: `smoke.yaml`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every shipped scenario: the profiles from the mildest to the longest, what they share, then those
/// of streamed answers.
pub const SHIPPED: &[Shipped] = &[
    Shipped {
        name: "smoke.yaml",
        text: include_str!("../../scenarios/smoke.yaml"),
    },
    Shipped {
        name: "load.yaml",
        text: include_str!("../../scenarios/load.yaml"),
    },
    Shipped {
        name: "stress.yaml",
        text: include_str!("../../scenarios/stress.yaml"),
    },
    Shipped {
        name: "spike.yaml",
        text: include_str!("../../scenarios/spike.yaml"),
    },
    Shipped {
        name: "soak.yaml",
        text: include_str!("../../scenarios/soak.yaml"),
    },
    Shipped {
        name: "rag.yaml",
        text: include_str!("../../scenarios/rag.yaml"),
    },
    Shipped {
        name: "rag-stream.yaml",
        text: include_str!("../../scenarios/rag-stream.yaml"),
    },
    Shipped {
        name: "chat.yaml",
        text: include_str!("../../scenarios/chat.yaml"),
    },
];

/// The data they draw from.
pub const SHIPPED_DATA: &[Shipped] = &[Shipped {
    name: "questions.jsonl",
    text: include_str!("../../scenarios/questions.jsonl"),
}];

/// The JSON Schema of scenario files, for editors; its name is in the first line of each of them.
pub const SCHEMA: Shipped = Shipped {
    name: "ragload.schema.json",
    text: include_str!("../../scenarios/ragload.schema.json"),
};

/// The `.env.example` that ships beside them.
pub const DOTENV_EXAMPLE: &str = include_str!("../../.env.example");

/// The text of a shipped file by its file name.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .chain(SHIPPED_DATA)
        .find(|file| file.name == name)
        .map(|file| file.text)
}
