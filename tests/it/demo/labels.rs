//! The labelled questions that ship with the scenarios, asked of the service they were written for.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{read, start};

const QUESTIONS: &str = include_str!("../../../scenarios/questions.jsonl");

#[derive(Deserialize)]
struct Labelled {
    question: String,
    expected_docs: Vec<String>,
}

fn questions() -> Vec<Labelled> {
    let parsed = |line| serde_json::from_str::<Labelled>(line).unwrap();
    QUESTIONS.lines().map(parsed).collect()
}

#[test]
fn every_question_stands_once_and_every_expected_document_exists() {
    let corpus = include_str!("../../../src/demo/corpus.jsonl");
    let id = |line| serde_json::from_str::<Value>(line).unwrap()["id"].clone();
    let ids: BTreeSet<String> = corpus
        .lines()
        .map(|line| id(line).as_str().unwrap().to_owned())
        .collect();
    let mut asked = BTreeSet::new();
    for labelled in questions() {
        assert!(!labelled.expected_docs.is_empty(), "{}", labelled.question);
        for document in &labelled.expected_docs {
            assert!(ids.contains(document), "{document}");
        }
        assert!(asked.insert(labelled.question));
    }
    assert!(asked.len() >= 40, "{}", asked.len());
}

#[tokio::test]
async fn most_questions_find_their_documents_and_some_do_not() {
    let service = start().await;
    let (mut recall, mut reciprocal) = (0.0, 0.0);
    let questions = questions();
    for labelled in &questions {
        let body = json!({"query": labelled.question, "top_k": 5});
        let answer = read(service.post("/query", &body).await).await;
        let found: Vec<&str> = answer["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| source["id"].as_str().unwrap())
            .collect();
        let expected = |id: &&str| labelled.expected_docs.iter().any(|e| e == id);
        let hits = found.iter().copied().filter(|id| expected(id)).count();
        recall += hits as f64 / labelled.expected_docs.len() as f64;
        let rank = found.iter().position(expected);
        reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
    }
    let all = questions.len() as f64;
    let (recall, mrr) = (recall / all, reciprocal / all);
    assert!((0.85..0.99).contains(&recall), "{recall}");
    assert!((0.7..0.99).contains(&mrr), "{mrr}");
}
