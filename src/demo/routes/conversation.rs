//! Conversations, as the chat routes are asked.
//!
//! Owns their messages and what is taken as the prompt. Must not know how an answer is told.

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::demo::answer;
use crate::demo::faults::Faults;
use crate::demo::pipeline::Prompt;

/// Documents put into the prompt.
const TOP_K: usize = 3;

/// What a chat route is sent.
#[derive(Deserialize)]
pub(super) struct Conversation {
    #[serde(default)]
    messages: Vec<Message>,
    pub(super) model: Option<String>,
    pub(super) stream: Option<bool>,
    #[serde(default)]
    pub(super) stream_options: StreamOptions,
    max_tokens: Option<usize>,
    max_completion_tokens: Option<usize>,
    #[serde(default)]
    options: Options,
}

/// What Ollama is asked for beside its messages.
#[derive(Default, Deserialize)]
struct Options {
    /// Most tokens of an answer; below 0 as many as it takes.
    num_predict: Option<i64>,
}

impl Conversation {
    /// Most tokens of an answer, reasoning included; none where the caller does not say.
    fn most_tokens(&self) -> Option<usize> {
        let of_ollama = self.options.num_predict;
        let of_ollama = of_ollama.and_then(|most| usize::try_from(most).ok());
        (self.max_completion_tokens.or(self.max_tokens)).or(of_ollama)
    }
}

#[derive(Deserialize)]
struct Message {
    role: String,
    /// Text, or a list of parts of which the texts count.
    #[serde(default)]
    content: Value,
}

/// What a stream is to tell beside its text.
#[derive(Default, Deserialize)]
pub(super) struct StreamOptions {
    #[serde(default)]
    pub(super) include_usage: bool,
}

/// Reads a conversation; the last message of its user is the prompt.
///
/// # Errors
/// What to tell the caller.
pub(super) fn read(body: &Bytes, faults: &Faults) -> Result<(Conversation, Prompt), String> {
    let conversation: Conversation = serde_json::from_slice(body)
        .map_err(|error| format!("the body must be JSON with messages: {error}"))?;
    let texts = conversation
        .messages
        .iter()
        .map(|message| (message.role.as_str(), text_of(&message.content)));
    let texts: Vec<_> = texts.collect();
    let (place, question) = texts
        .iter()
        .enumerate()
        .rev()
        .find(|(_, (role, _))| *role == "user")
        .map(|(place, (_, text))| (place, text.clone()))
        .filter(|(_, text)| !text.trim().is_empty())
        .ok_or("messages must hold a message of the user that is not empty")?;
    let before = texts.iter().take(place);
    let prompt = Prompt {
        question,
        top_k: TOP_K,
        most_tokens: conversation.most_tokens(),
        history_tokens: before.map(|(_, text)| answer::tokens(text).count()).sum(),
        reasoning_tokens: faults
            .reasoning_tokens
            .and_then(|tokens| usize::try_from(tokens).ok())
            .unwrap_or(0),
    };
    Ok((conversation, prompt))
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}
