//! Conversations with the demo service: what it reads grows with what was said.

use ragload::demo::Faults;
use serde_json::Value;

use super::program::Folder;
use super::running::ran;
use super::service::Service;

const CHAT: &str = "
users: 2
spawn_rate: 100
run_time: 1s
data: { question: [What is a vector?, What is a token?, What is a prompt?] }
user_classes:
  - name: U
    tasks:
      - name: chat
        preset: openai-chat
        conversation: { turns: 3, ask: '{{ question }}', system: Be brief., pause: 10ms, per_turn: true }
        json: { messages: '{{ messages }}' }
";

#[test]
fn the_service_reads_more_in_each_turn_and_says_so() {
    let service = Service::with(Faults {
        tokens_per_second: Some(10_000.0),
        ..Faults::default()
    });
    let folder = Folder::new();
    folder.write("chat.yaml", CHAT);
    ran(folder.ragload(&["run", "chat.yaml", "-H", &service.host()])).expect(0);
    let record = folder.record("chat");
    let rows = record["rows"].as_array().expect("rows");
    let per_prompt = |row: &Value| {
        let tokens = row["answers"]["prompt_tokens"].as_f64().expect("tokens");
        tokens / row["answers"]["answers"].as_f64().expect("answers")
    };
    let prompts: Vec<f64> = rows.iter().map(per_prompt).collect();
    assert_eq!(prompts.len(), 3, "{rows:?}");
    assert!(prompts.is_sorted_by(|a, b| a + 10.0 < *b), "{prompts:?}");
    let aggregated = &record["aggregated"];
    assert_eq!(aggregated["failures"], 0);
    let told: u64 = (service.handle.answers()["POST /v1/chat/completions"].values())
        .map(|tally| tally.prompt_tokens)
        .sum();
    assert_eq!(aggregated["answers"]["prompt_tokens"], told);
}

#[test]
fn once_goes_as_far_as_it_takes_to_see_what_was_said_before() {
    let (service, folder) = (Service::start(), Folder::new());
    let text = CHAT.replace("turns: 3", "turns: { between: [1, 9] }");
    folder.write("chat.yaml", &text);
    let once = ran(folder.ragload(&["once", "chat.yaml", "-H", &service.host()]))
        .expect(0)
        .shows("Once    2 requests;")
        .shows("--- chat, turn 1: POST /v1/chat/completions [turn 1] ---")
        .shows("--- chat, turn 2: POST /v1/chat/completions [turn 2] ---")
        .shows("2 requests, none failed");
    let (_, second) = once.stdout.split_once("turn 2: ").expect("a second turn");
    assert!(second.contains("assistant"), "{second}");
    assert_eq!(service.requests(), 2);
}

#[test]
fn what_cannot_be_asked_is_told_before_anything_is_sent() {
    let (service, folder) = (Service::start(), Folder::new());
    let text = CHAT.replace("ask: '{{ question }}'", "ask: '{{ question[99] }}'");
    folder.write("chat.yaml", &text);
    ran(folder.ragload(&["once", "chat.yaml", "-H", &service.host()]))
        .expect(1)
        .shows("1 could not be made");
    assert_eq!(service.requests(), 0);
}

#[test]
fn check_tells_how_long_conversations_are() {
    let folder = Folder::new();
    folder.write("chat.yaml", CHAT);
    ran(folder.ragload(&["check", "chat.yaml"]))
        .expect(0)
        .shows("conversation of 3 turns, wait 10ms between them")
        .shows("POST /v1/chat/completions [turn 3]");
}
