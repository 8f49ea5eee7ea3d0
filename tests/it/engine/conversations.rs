//! Conversations in whole runs: what arrives in each turn, when, and what ends them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ragload::event::{Command, RunOutcome, StopReason};
use ragload::transport::sim::{SimReply, SimRequest};
use serde_json::{Value, json};

use super::harness::{Ran, Simulation};

const DATA: &str = "
data:
  q: { inline: [one, two, three, four, five, six, seven], order: sequential }
  kept: { inline: [A, B, C, D], order: sequential, per: task }
  thread:
    order: sequential
    per: task
    inline: [{ asks: [a1, a2, a3] }, { asks: [b1] }, { asks: [c1, c2] }]
";
/// A whole conversation within a body.
const MESSAGES: &str = "json: { messages: '{{ messages }}', turn: '{{ turn }}', ask: '{{ ask }}', \
                        id: '{{ conversation_id }}', kept: '{{ kept }}' }";

/// One user whose conversations begin 100 s apart.
fn user(seconds: u32, task: &str) -> String {
    format!(
        "users: 1\nspawn_rate: 1\nrun_time: {seconds}s\nstop_timeout: 30s\n{DATA}\nuser_classes:\n  \
         - name: U\n    wait_time: {{ pacing: 100s }}\n    tasks:\n      - {{ {task} }}\n"
    )
}

/// A conversation whose answers are texts within JSON.
fn chat(conversation: &str) -> String {
    format!(
        "name: chat, post: /chat, {MESSAGES}, response: {{ format: json, answer: $.text }}, \
         conversation: {{ {conversation} }}"
    )
}

/// A run, and what arrived: when it was sent does not matter.
fn ran(
    simulation: Simulation,
    reply: impl Fn(&SimRequest<'_>, &Value) -> SimReply + Send + Sync + 'static,
) -> (Ran, Vec<Value>) {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&bodies);
    let ran = simulation.shards(1).run(move |request| {
        let body: Value = serde_json::from_slice(&request.prepared.body).unwrap_or_default();
        let reply = reply(request, &body);
        noted.lock().unwrap().push(body);
        reply
    });
    let bodies = std::mem::take(&mut *bodies.lock().unwrap());
    (ran, bodies)
}

/// Answers each question with it in capitals, after a second.
fn loud(_: &SimRequest<'_>, body: &Value) -> SimReply {
    let text = body["ask"].as_str().unwrap_or("?").to_uppercase();
    let body = json!({ "text": text }).to_string();
    SimReply::status(200)
        .body(body)
        .after(Duration::from_secs(1))
}

/// What was said, as `role: content` in one line each.
fn said(body: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let messages = body["messages"].as_array().unwrap().iter();
    messages
        .map(|message| text(&message["role"]) + ": " + &text(&message["content"]))
        .collect()
}

fn all<'b>(bodies: &'b [Value], key: &str) -> Vec<&'b Value> {
    bodies.iter().map(|body| &body[key]).collect()
}

#[test]
fn each_turn_brings_along_what_was_said_before() {
    let keys = "turns: 3, ask: 'say {{ q }}', system: 'Be loud.', pause: 5s";
    let (ran, bodies) = ran(Simulation::yaml(&user(150, &chat(keys))), loud);
    assert_eq!(ran.record.aggregated.row.failures, 0);
    let before = ["system: Be loud.", "user: say one"];
    assert_eq!(said(&bodies[0]), before);
    let before = [&before[..], &["assistant: SAY ONE", "user: say two"]].concat();
    assert_eq!(said(&bodies[1]), before);
    let before = [&before[..], &["assistant: SAY TWO", "user: say three"]].concat();
    assert_eq!(said(&bodies[2]), before);
    // The next conversation knows nothing of this one.
    assert_eq!(said(&bodies[3]), ["system: Be loud.", "user: say four"]);
    assert_eq!(bodies.len(), 6);
    assert_eq!(all(&bodies, "turn"), [1, 2, 3, 1, 2, 3]);
    let kept = ["A", "A", "A", "B", "B", "B"];
    assert_eq!(all(&bodies, "kept"), kept, "one row for all the turns");
    let ids = all(&bodies, "id");
    assert!(ids[0].as_str().unwrap().len() == 36 && ids[0] == ids[2] && ids[0] != ids[3]);
    // A second for each answer and five between them, twice.
    let first = ran
        .ticks
        .iter()
        .position(|tick| tick.snapshot.aggregated.requests == 3);
    assert_eq!(first, Some(13));
}

#[test]
fn a_seed_decides_turns_pauses_and_ids() {
    let keys = "turns: { between: [1, 4] }, ask: '{{ q }}', pause: { between: [1s, 9s] }";
    let yaml = user(850, &chat(keys));
    let bodies = |seed| ran(Simulation::seeded(&yaml, seed), loud).1;
    let (one, again, other) = (bodies(7), bodies(7), bodies(8));
    assert_eq!(one, again);
    assert_ne!(all(&one, "id"), all(&other, "id"));
    let turns: Vec<u64> = all(&one, "turn")
        .into_iter()
        .filter_map(Value::as_u64)
        .collect();
    assert_eq!(turns.iter().filter(|turn| **turn == 1).count(), 9);
    assert!(turns.iter().all(|turn| *turn <= 4), "{turns:?}");
    let lengths = turns.windows(2).filter(|two| two[1] == 1).map(|two| two[0]);
    assert!(lengths.collect::<std::collections::BTreeSet<_>>().len() > 1);
}

#[test]
fn a_list_is_asked_from_its_first_question_to_its_last() {
    let (_, bodies) = ran(
        Simulation::yaml(&user(250, &chat("ask: '{{ thread.asks }}'"))),
        loud,
    );
    assert_eq!(all(&bodies, "ask"), ["a1", "a2", "a3", "b1", "c1", "c2"]);
    assert_eq!(
        said(&bodies[2]),
        [
            "user: a1",
            "assistant: A1",
            "user: a2",
            "assistant: A2",
            "user: a3"
        ]
    );
    // Not more than so many of them.
    let keys = "turns: 2, ask: '{{ thread.asks }}'";
    let (_, bodies) = ran(Simulation::yaml(&user(250, &chat(keys))), loud);
    assert_eq!(all(&bodies, "ask"), ["a1", "a2", "b1", "c1", "c2"]);
    let keys = "turns: 3, ask: '{{ thread.asks[turn - 1] | default(\"no more\") }}'";
    let (_, bodies) = ran(Simulation::yaml(&user(150, &chat(keys))), loud);
    assert_eq!(
        all(&bodies, "ask"),
        ["a1", "a2", "a3", "b1", "no more", "no more"]
    );
}

#[test]
fn a_turn_that_fails_ends_its_conversation() {
    let (ran, bodies) = ran(
        Simulation::yaml(&user(250, &chat("turns: 3, ask: '{{ q }}', pause: 1s"))),
        |request, body| match request.count {
            1 => SimReply::status(500).body(r#"{"text": "no"}"#),
            // An answer of nothing is none.
            2 => SimReply::status(200).body(r#"{"text": ""}"#),
            _ => loud(request, body),
        },
    );
    assert_eq!(ran.record.aggregated.row.failures, 2);
    assert_eq!(all(&bodies, "turn"), [1, 2, 1, 1, 2, 3]);
    assert_eq!(said(&bodies[2]), ["user: three"]);
    assert_eq!(said(&bodies[3]), ["user: four"]);
    assert!(ran.record.exceptions.is_empty());
}

#[test]
fn a_turn_that_is_retried_goes_on_with_what_was_said() {
    let task = chat("turns: 2, ask: '{{ q }}'") + ", retry: { attempts: 3, on: 5xx }";
    let (ran, bodies) = ran(
        Simulation::yaml(&user(50, &task)),
        |request, body| match request.count {
            0 | 2 => SimReply::status(503).body(r#"{"text": "no"}"#),
            _ => loud(request, body),
        },
    );
    assert_eq!(ran.record.aggregated.row.failures, 2);
    assert_eq!(all(&bodies, "turn"), [1, 1, 2, 2]);
    assert_eq!(bodies[2], bodies[3]);
    assert_eq!(
        said(&bodies[3]),
        ["user: one", "assistant: ONE", "user: two"]
    );
}

#[test]
fn a_turn_of_several_requests_remembers_the_answer_of_the_last_that_declares_one() {
    let steps = format!(
        "name: chat, conversation: {{ turns: 3, ask: '{{{{ q }}}}' }}, steps: [\
         {{ post: /search, json: {{ ask: '{{{{ ask }}}}' }}, \
            response: {{ format: json, answer: $.text }} }}, \
         {{ wait: 1s }}, \
         {{ post: /chat, {MESSAGES}, response: {{ format: json, answer: $.text }}, \
            extract: {{ last: $.text }} }}, \
         {{ post: /rate, json: {{ last: '{{{{ last }}}}' }} }}]"
    );
    let (ran, bodies) = ran(Simulation::yaml(&user(50, &steps)), |request, body| {
        match (request.prepared.url.path(), &body["ask"]) {
            // What else is wrong with a turn does not change what was said.
            ("/search" | "/rate", ask) if ask != "two" => SimReply::status(503),
            ("/search", _) => SimReply::status(200).body(r#"{"text": "found"}"#),
            _ => loud(request, body),
        }
    });
    assert_eq!(ran.requests("POST /rate"), 3);
    let chats: Vec<Value> = bodies
        .into_iter()
        .filter(|b| b["messages"].is_array())
        .collect();
    let expected = [
        "user: one",
        "assistant: ONE",
        "user: two",
        "assistant: TWO",
        "user: three",
    ];
    assert_eq!(said(&chats[2]), expected);
}

#[test]
fn what_a_turn_extracts_is_there_in_those_that_follow_and_not_in_the_next_conversation() {
    // A service that keeps what was said, and tells so within its stream.
    let task = "post: /chat, response: { format: sse, answer: $.text }, \
                json: { query: '{{ ask }}', chat: '{{ chat | default(\"\") }}' }, \
                conversation: { turns: 3, ask: '{{ q }}' }, \
                extract: { chat: { regex: '\"conversation_id\": ?\"([^\"]+)\"' } }";
    let (ran, bodies) = ran(Simulation::yaml(&user(150, task)), |request, _| {
        let event = json!({ "text": "Yes.", "conversation_id": format!("c{}", request.count / 3) });
        let header = http::HeaderValue::from_static("text/event-stream");
        SimReply::status(200)
            .header(http::header::CONTENT_TYPE, header)
            .body(format!("data: {event}\n\n"))
    });
    assert_eq!(ran.record.aggregated.row.failures, 0);
    assert_eq!(all(&bodies, "chat"), ["", "c0", "c0", "", "c1", "c1"]);
    assert_eq!(all(&bodies, "query")[..3], ["one", "two", "three"]);
}

#[test]
fn streamed_answers_are_remembered_whole() {
    let task = format!(
        "post: /chat, {MESSAGES}, conversation: {{ turns: 2, ask: '{{{{ q }}}}' }}, \
         response: {{ format: sse, answer: $.text, done: {{ data: '[DONE]' }} }}"
    );
    let piece = |text: &str| format!("data: {}\n\n", json!({ "text": text }));
    let (_, bodies) = ran(Simulation::yaml(&user(50, &task)), move |_, _| {
        let pieces = [
            piece("Blue "),
            piece("is\n\"blue\"."),
            "data: [DONE]\n\n".to_owned(),
        ];
        let header = http::HeaderValue::from_static("text/event-stream");
        let opened = SimReply::status(200).header(http::header::CONTENT_TYPE, header);
        let add = |reply: SimReply, piece| reply.piece(Duration::from_millis(20), piece);
        pieces.into_iter().fold(opened, add)
    });
    assert_eq!(bodies[1]["messages"][1]["content"], "Blue is\n\"blue\".");
}

#[test]
fn an_answer_kept_for_judging_is_one_to_the_question_of_its_turn() {
    let yaml = user(50, &chat("turns: 2, ask: 'say {{ q }}'")) + "samples: { rate: 100% }\n";
    let (ran, _) = ran(Simulation::yaml(&yaml), loud);
    let answers = ran.sampled.iter().flat_map(|sampled| &sampled.answers);
    let texts = answers.map(|kept| (kept.question.as_deref(), kept.answer.as_deref()));
    let expected = [
        (Some("say one"), Some("SAY ONE")),
        (Some("say two"), Some("SAY TWO")),
    ];
    assert_eq!(texts.collect::<Vec<_>>(), expected);
}

#[test]
fn each_turn_can_have_a_row_of_its_own() {
    let yaml = user(
        150,
        &chat("turns: { between: [2, 2] }, ask: '{{ q }}', per_turn: true"),
    );
    let both = "thresholds: [{ check: requests > 3, on: POST /chat }]\n";
    let (ran, _) = ran(Simulation::yaml(&(both.to_owned() + &yaml)), loud);
    assert_eq!(
        (
            ran.requests("POST /chat [turn 1]"),
            ran.requests("POST /chat [turn 2]"),
            ran.record.rows.len()
        ),
        (2, 2, 2)
    );
    assert_eq!(ran.record.verdict.outcome, RunOutcome::Passed);
}

#[test]
fn a_user_told_to_stop_ends_between_two_turns() {
    let keys = "turns: 9, ask: '{{ q }}', pause: 10s";
    let (stopped, bodies) = ran(Simulation::yaml(&user(15, &chat(keys))), loud);
    assert_eq!(bodies.len(), 2);
    let lasted = stopped.record.duration.as_secs_f64();
    assert!((15.0..15.1).contains(&lasted), "{lasted}");
    // Without pauses, and within a turn: that one ends first.
    let (stopped, _) = ran(
        Simulation::yaml(&user(60, &chat("turns: 9, ask: '{{ q }}'")))
            .at(2.5, Command::Stop(StopReason::Interrupt)),
        loud,
    );
    let row = &stopped.record.aggregated.row;
    assert_eq!((row.requests, row.interrupted), (3, 0));
}

#[test]
fn a_paused_run_holds_conversations_between_two_turns() {
    let keys = "turns: 9, ask: '{{ q }}', pause: 2s";
    let simulation = Simulation::yaml(&user(40, &chat(keys)))
        .at(3.5, Command::Pause)
        .at(33.0, Command::Resume);
    let (ran, bodies) = ran(simulation, loud);
    // Turns began at 0 and 3 s; the third waits for the run to go on.
    let at = |second: usize| ran.ticks[second].snapshot.aggregated.requests;
    assert_eq!((at(5), at(32), at(35)), (2, 2, 3));
    assert_eq!(said(&bodies[2]).len(), 5);
}

#[test]
fn what_cannot_be_asked_is_told_and_ends_the_conversation() {
    let keys = "turns: 3, ask: '{{ thread.asks[turn] }}'";
    let (ran, bodies) = ran(Simulation::yaml(&user(150, &chat(keys))), loud);
    assert_eq!(all(&bodies, "ask"), ["a2", "a3"]);
    let told: Vec<&str> = ran
        .record
        .exceptions
        .iter()
        .map(|told| told.message.as_str())
        .collect();
    assert!(!told.is_empty(), "{told:?}");
}
