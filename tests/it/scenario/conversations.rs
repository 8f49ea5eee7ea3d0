//! `conversation`: what it means in a plan, and what is wrong with one.

use std::time::Duration;

use ragload::load::WaitTime;
use ragload::request::data::DataPer;
use ragload::scenario::estimate;
use ragload::scenario::plan::{Conversation, Step, Task, Turns};

use super::{plan, problems};

const DATA: &str = "data: { q: [one, two], list: [{ asks: [a, b] }, { asks: [a, b, c, d] }] }\n";
const REQUEST: &str = "post: /c, response: {}, json: { messages: '{{ messages }}' }";

fn with_task(task: &str) -> String {
    format!(
        "{DATA}user_classes:\n  - name: U\n    wait_time: 10s\n    tasks:\n      - {{ {task} }}\n"
    )
}

fn chat(conversation: &str) -> String {
    with_task(&format!("{REQUEST}, conversation: {{ {conversation} }}"))
}

fn task(text: &str) -> Task {
    plan(text).classes.remove(0).tasks.remove(0)
}

fn conversation(keys: &str) -> Conversation {
    let held = task(&chat(keys)).conversation;
    held.unwrap_or_else(|| panic!("{keys} is no conversation"))
}

#[test]
fn a_conversation_is_as_long_as_is_said() {
    let seconds = Duration::from_secs;
    let least = conversation("turns: 3, ask: '{{ q }}'");
    assert_eq!(least.turns, Turns::Between(3, 3));
    assert_eq!(least.pause, WaitTime::Constant(Duration::ZERO));
    assert!(least.system.is_none());
    let keys = "turns: { between: [2, 5] }, ask: 'Q{{ turn }}: {{ q }}', system: 'Hi {{ user.id }}', \
                pause: { between: [2s, 8s] }";
    let all = conversation(keys);
    assert_eq!(all.turns, Turns::Between(2, 5));
    assert_eq!(all.pause, WaitTime::Between(seconds(2), seconds(8)));
    assert_eq!(all.ask.source(), "Q{{ turn }}: {{ q }}");
    assert_eq!(conversation("ask: '{{ list.asks }}'").turns, Turns::Listed);
}

#[test]
fn the_last_declared_answer_of_a_turn_is_the_one_to_its_question() {
    let text = with_task(
        "conversation: { turns: 2, ask: '{{ q }}' }, steps: [{ post: /a, json: '{{ ask }}', \
         response: {} }, { post: /b, response: {} }, { get: /c }]",
    );
    let answers = |step: &Step| match step {
        Step::Request(request) => request.response.as_ref().is_some_and(|r| r.answers_turn),
        Step::Wait(_) => false,
    };
    let answers: Vec<bool> = task(&text).steps.iter().map(answers).collect();
    assert_eq!(answers, [false, true, false]);
}

#[test]
fn a_preset_without_user_classes_can_hold_a_conversation() {
    let plan = plan(
        "preset: openai-chat\nquestions: { inline: [hi], per: task }\njson: { messages: '{{ messages \
         }}' }\nconversation: { turns: 2, ask: '{{ question }}' }\n",
    );
    let task = &plan.classes[0].tasks[0];
    assert_eq!(
        task.conversation.as_ref().map(|c| c.turns),
        Some(Turns::Between(2, 2))
    );
    assert_eq!(plan.data[0].per, DataPer::Task);
}

#[test]
fn turns_with_rows_of_their_own_are_judged_together_or_alone() {
    let text = chat("turns: 2, ask: '{{ q }}', per_turn: true")
        + "run_time: 1m\nthresholds:\n  - { check: p95 < 2s, on: POST /c }\n  - { check: p95 < 1s, on: '/c [turn 2]' }\n";
    let plan = plan(&text);
    let rows: Vec<String> = plan.endpoints.iter().map(ToString::to_string).collect();
    assert_eq!(rows, ["POST /c [turn 1]", "POST /c [turn 2]"]);
    let on: Vec<usize> = plan
        .thresholds
        .iter()
        .map(|threshold| threshold.on.len())
        .collect();
    assert_eq!(on, [2, 1]);
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn the_estimate_counts_turns_and_their_pauses() {
    let load = "users: 1\nspawn_rate: 1000\nrun_time: 1000s\n";
    for (keys, expected) in [
        // Four requests every 10 + 3 × 10 s, and those of the first task.
        ("turns: 4, ask: '{{ q }}', pause: 10s", 104),
        (
            "turns: { between: [1, 3] }, ask: '{{ q }}', pause: 10s",
            102,
        ),
        (
            "turns: { between: [1, 3] }, ask: '{{ q }}', per_turn: true",
            202,
        ),
        // Two and four questions, three on average.
        ("ask: '{{ list.asks }}', pause: 10s", 103),
        ("turns: 1, ask: '{{ list.asks }}', pause: 10s", 101),
    ] {
        let plan = plan(&(load.to_owned() + &chat(keys)));
        assert_eq!(estimate::requests(&plan), Some(expected), "{keys}");
    }
}

#[test]
fn what_is_wrong_with_a_conversation_is_told() {
    for (keys, path, part) in [
        ("turns: 0, ask: a", ".turns", "must be at least 1, found 0"),
        ("turns: 5000, ask: a", ".turns", "must be at most 1000"),
        ("turns: few, ask: a", ".turns", "must be a whole number"),
        ("turns: { from: 2 }, ask: a", ".turns", "unknown key `from`"),
        ("turns: {}, ask: a", ".turns", "{ between: [2, 5] }"),
        (
            "turns: { between: [2] }, ask: a",
            ".turns.between",
            "must be two numbers",
        ),
        (
            "turns: { between: [5, 2] }, ask: a",
            ".turns.between",
            "smaller number first",
        ),
        ("turns: 2", "", "has no `ask`"),
        ("turn: 2, ask: a", "", "did you mean `turns`?"),
        ("ask: '{{ q }}'", "", "has no `turns`"),
        ("ask: hello", "", "has no `turns`"),
        ("turns: 2, ask: '{{ qq }}'", ".ask", "did you mean `q`?"),
        (
            "turns: 2, ask: '{{ list.ask }}'",
            ".ask",
            "did you mean `list.asks`?",
        ),
        ("turns: 2, ask: '{{ q'", ".ask", "template"),
        (
            "turns: 2, ask: '{{ ask }}'",
            ".ask",
            "only for the requests",
        ),
        (
            "turns: 2, ask: a, system: '{{ p }}'",
            ".system",
            "unknown variable",
        ),
        (
            "turns: 2, ask: a, pause: { pacing: 2s }",
            ".pause",
            "must be constant or between",
        ),
        (
            "turns: 60, ask: a, per_turn: true",
            ".per_turn",
            "`turns` of at most 50",
        ),
        (
            "turns: 2, ask: a, per_turn: 3",
            ".per_turn",
            "true or false",
        ),
    ] {
        let found = problems(&chat(keys));
        let path = format!("user_classes[0].tasks[0].conversation{path}: ");
        assert!(
            found.contains(&path) && found.contains(part),
            "{keys}\n{found}"
        );
        assert_eq!(found.lines().count(), 1, "{keys}\n{found}");
    }
}

#[test]
fn requests_that_cannot_make_up_a_conversation_are_told() {
    const HELD: &str = "conversation: { turns: 2, ask: '{{ q }}' }";
    for (task, part) in [
        (
            format!("{HELD}, post: /c, json: {{ messages: '{{{{ messages }}}}' }}"),
            "no request of it declares its answer",
        ),
        (
            format!("{HELD}, post: /c, response: {{}}, json: {{ q: '{{{{ q }}}}' }}"),
            "no request of it puts in what is asked",
        ),
        (
            format!("{HELD}, {REQUEST}, extract: {{ turn: $.id }}"),
            "has a variable `turn` of its own",
        ),
        (
            format!("{HELD}, name: a, steps: [{{ wait: 1s }}, {{ pst: /c }}]"),
            "did you mean `post`?",
        ),
        (
            REQUEST.to_owned(),
            "`messages` is there only for the requests of a `conversation`",
        ),
        (
            format!("name: a, steps: [{{ post: /c, {HELD} }}]"),
            "unknown key `conversation`",
        ),
        (
            format!("{HELD}, get: /x, steps: [{{ {REQUEST} }}]"),
            "not both: found get",
        ),
    ] {
        let found = problems(&with_task(&task));
        assert!(found.contains(part), "{task}\n{found}");
        assert_eq!(found.lines().count(), 1, "{task}\n{found}");
    }
    let set = chat("turns: 2, ask: '{{ q }}'").replace("data: { q:", "data: { ask: [x], q:");
    assert!(problems(&set).contains("has a variable `ask` of its own"));
    let top = "conversation: {}\n".to_owned() + &with_task(REQUEST);
    assert!(problems(&top).contains("write it on a request"));
}
