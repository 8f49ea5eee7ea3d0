//! Rows of data files: `.csv`, `.jsonl` and `.txt`.
//!
//! Must not know which variable they are for.

use std::path::Path;

use serde_json::{Map, Value};

/// What is wrong with a file: its line (0 where there is none), and what.
pub(super) type RowError = (usize, String);

/// Reads every row of a file by its extension; at least one.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn rows(path: &Path, bytes: &[u8]) -> Result<Vec<Value>, RowError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let text = std::str::from_utf8(bytes)
        .map_err(|_| (0, "is not UTF-8 text; save it as UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rows = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => csv_rows(text)?,
        Some("jsonl" | "ndjson") => json_rows(text)?,
        Some("txt") => text_rows(text),
        _ => return Err((0, "must be a .csv, .jsonl or .txt file".to_owned())),
    };
    if rows.is_empty() {
        return Err((0, "has no rows; at least one is needed".to_owned()));
    }
    Ok(rows)
}

fn text_rows(text: &str) -> Vec<Value> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(Value::from).collect()
}

fn json_rows(text: &str) -> Result<Vec<Value>, RowError> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let row: Value = serde_json::from_str(line)
            .map_err(|error| (index + 1, format!("is not JSON: {error}")))?;
        if !(row.is_object() || row.is_string()) {
            return Err((
                index + 1,
                "must be an object or a text on each line".to_owned(),
            ));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Objects by the header row; plain texts where there is one column only, so that
/// `{{ question }}` means what it says.
fn csv_rows(text: &str) -> Result<Vec<Value>, RowError> {
    let broken = |error: &csv::Error| {
        let line = error.position().map_or(0, csv::Position::line);
        (usize::try_from(line).unwrap_or(0), csv_message(error))
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| broken(&error))?;
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    if let Some(twice) = names
        .iter()
        .enumerate()
        .find(|(i, name)| names[..*i].contains(name))
    {
        return Err((1, format!("has the column {:?} twice", twice.1)));
    }
    if let Some(message) = other_separator(&names) {
        return Err((1, message));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let cells = record.iter().map(Value::from);
        rows.push(if names.len() == 1 {
            cells.into_iter().next().unwrap_or_default()
        } else {
            Value::Object(names.iter().cloned().zip(cells).collect::<Map<_, _>>())
        });
    }
    Ok(rows)
}

/// Spreadsheets of many countries separate by semicolons, which makes one column of all.
fn other_separator(names: &[String]) -> Option<String> {
    let [only] = names else {
        return None;
    };
    let (word, count) = if only.contains(';') {
        ("semicolons", only.split(';').count())
    } else if only.contains('\t') {
        ("tabs", only.split('\t').count())
    } else {
        return None;
    };
    Some(format!(
        "has {count} columns separated by {word}; save it with commas between them (or as .jsonl)"
    ))
}

fn csv_message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("must have {expected_len} cells as the header row has, found {len}")
        }
        _ => format!("is not CSV: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(name: &str, text: &str) -> Result<Vec<Value>, RowError> {
        rows(Path::new(name), text.as_bytes())
    }

    #[test]
    fn each_kind_of_file_gives_its_rows() {
        assert_eq!(
            read("q.csv", "\u{feff}text,lang\n\"a, b\",en\nc,de\n"),
            Ok(vec![
                json!({"text": "a, b", "lang": "en"}),
                json!({"text": "c", "lang": "de"})
            ])
        );
        assert_eq!(read("q.csv", "text\nfoo\n"), Ok(vec![json!("foo")]));
        assert_eq!(
            read("q.jsonl", "{\"a\": 1}\n\n\"b\"\n"),
            Ok(vec![json!({"a": 1}), json!("b")])
        );
        assert_eq!(
            read("q.txt", "one\r\n\r\n two \r\n"),
            Ok(vec![json!("one"), json!("two")])
        );
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        for (name, text, line, part) in [
            ("q.csv", "a,b\n1,2\n3\n", 3, "must have 2 cells"),
            ("q.csv", "a,a\n1,2\n", 1, "twice"),
            (
                "q.csv",
                "a;b;c\n1;2,5;3\n",
                1,
                "3 columns separated by semicolons",
            ),
            ("q.csv", "a\tb\n1\t2\n", 1, "separated by tabs"),
            ("q.csv", "a,b\n", 0, "no rows"),
            ("q.jsonl", "{}\n{\n", 2, "is not JSON"),
            ("q.jsonl", "5\n", 1, "an object or a text"),
            ("q.txt", "\n", 0, "no rows"),
            ("q.xlsx", "x", 0, ".csv, .jsonl or .txt"),
        ] {
            let (found, message) = read(name, text).unwrap_err();
            assert!(message.contains(part), "{text:?}: {message}");
            assert_eq!(found, line, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            for name in ["q.csv", "q.jsonl", "q.txt"] {
                let _ = read(name, &text);
            }
        }
    }
}
