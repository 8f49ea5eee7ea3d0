//! What templates see of a conversation: what was said so far, the turn, its question.
//!
//! Owns the names of these variables and the form of the messages, which is that of the services'
//! chat APIs. Must not know how many turns there are, nor when they come.

use serde_json::{Value, json};

use super::{Scope, jinja};

/// The variables that only the requests of a conversation have: what was said so far, the number
/// of the turn (from 1), what is asked in it, and an id of its own.
pub const VARIABLES: &[&str] = &[MESSAGES, TURN, ASK, ID];

/// What was said so far, the question of this turn last: a list of `{ role, content }`.
pub const MESSAGES: &str = "messages";
/// What is asked in this turn.
pub const ASK: &str = "ask";
const TURN: &str = "turn";
const ID: &str = "conversation_id";

/// Begins a conversation in which nothing was said yet, at its first turn. Its id comes from the
/// user's own randomness.
pub fn begin(scope: &mut Scope) {
    let id = jinja::random_uuid(&mut scope.random);
    let values = [json!([]), json!(1), Value::Null, json!(id)];
    let names = VARIABLES.iter().map(|name| (*name).to_owned());
    scope.variables.extend(names.zip(values));
}

/// Goes on to turn number `turn`, from 1.
pub fn go_to(turn: u32, scope: &mut Scope) {
    scope.variables.insert(TURN.to_owned(), turn.into());
}

/// The model is told how to behave, before anything is asked.
pub fn instruct(text: &str, scope: &mut Scope) {
    say("system", text, scope);
}

/// The user asks.
pub fn ask(text: &str, scope: &mut Scope) {
    scope.variables.insert(ASK.to_owned(), text.into());
    say("user", text, scope);
}

/// The service answers the question asked last. Where it did already, and outside of a
/// conversation, this changes nothing.
pub fn answer(text: &str, scope: &mut Scope) {
    if !is_answered(scope) {
        say("assistant", text, scope);
    }
}

/// Whether the question asked last was answered.
#[must_use]
pub fn is_answered(scope: &Scope) -> bool {
    let said = scope.variables.get(MESSAGES).and_then(Value::as_array);
    said.and_then(|said| said.last())
        .is_some_and(|last| last["role"] == "assistant")
}

fn say(role: &str, text: &str, scope: &mut Scope) {
    let said = scope.variables.get_mut(MESSAGES);
    if let Some(said) = said.and_then(Value::as_array_mut) {
        said.push(json!({ "role": role, "content": text }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(scope: &Scope) -> Vec<[&str; 2]> {
        let said = scope.variables[MESSAGES].as_array().unwrap();
        let pairs = said.iter().map(|one| [&one["role"], &one["content"]]);
        pairs
            .map(|pair| pair.map(|text| text.as_str().unwrap()))
            .collect()
    }

    #[test]
    fn what_was_said_is_kept_in_order() {
        let mut scope = Scope::empty();
        begin(&mut scope);
        instruct("Be brief.", &mut scope);
        ask("Why?", &mut scope);
        assert!(!is_answered(&scope));
        answer("Because.", &mut scope);
        assert!(is_answered(&scope));
        go_to(2, &mut scope);
        ask("How?", &mut scope);
        assert!(!is_answered(&scope));
        let expected = [
            ["system", "Be brief."],
            ["user", "Why?"],
            ["assistant", "Because."],
            ["user", "How?"],
        ];
        assert_eq!(said(&scope), expected);
        let (turn, asked) = (&scope.variables["turn"], &scope.variables["ask"]);
        assert_eq!((turn, asked), (&json!(2), &json!("How?")));
    }

    #[test]
    fn an_id_is_of_the_users_own_randomness() {
        let id = |scope: &mut Scope| {
            begin(scope);
            scope.variables["conversation_id"].clone()
        };
        let (mut one, mut other) = (Scope::empty(), Scope::empty());
        let first = id(&mut one);
        assert_eq!(first, id(&mut other));
        assert_ne!(first, id(&mut one));
    }

    #[test]
    fn outside_of_a_conversation_nobody_answers() {
        let mut scope = Scope::empty();
        answer("Hello", &mut scope);
        assert!(scope.variables.is_empty());
    }
}
