//! JSON for reading: what fits on a line stands on one, all else on a line for each element.
//!
//! Must not know what is secret or how much may be shown.

use serde_json::Value;

/// Columns a line may have.
const WIDTH: usize = 100;

/// The value as lines.
pub(super) fn lines(value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    place(&mut lines, "", "", value, "");
    lines
}

/// The value on one line, with spaces where people put them.
pub(super) fn one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| named(key) + &one_line(value))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn named(key: &str) -> String {
    format!("{}: ", Value::from(key))
}

/// Adds the lines of a value between what stands before and behind it.
fn place(lines: &mut Vec<String>, indent: &str, before: &str, value: &Value, behind: &str) {
    let line = format!("{indent}{before}{}{behind}", one_line(value));
    let fits = line.chars().count() <= WIDTH;
    let deeper = format!("{indent}  ");
    let comma = |index: usize, count: usize| if index + 1 < count { "," } else { "" };
    match value {
        Value::Array(items) if !fits && !items.is_empty() => {
            lines.push(format!("{indent}{before}["));
            for (index, item) in items.iter().enumerate() {
                place(lines, &deeper, "", item, comma(index, items.len()));
            }
            lines.push(format!("{indent}]{behind}"));
        }
        Value::Object(fields) if !fits && !fields.is_empty() => {
            lines.push(format!("{indent}{before}{{"));
            for (index, (key, value)) in fields.iter().enumerate() {
                let comma = comma(index, fields.len());
                place(lines, &deeper, &named(key), value, comma);
            }
            lines.push(format!("{indent}}}{behind}"));
        }
        _ => lines.push(line),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stands_on_one_line_and_the_rest_on_more() {
        let text =
            "a long text that fills most of a line, to make the whole not fit on one".to_owned();
        let value = json!({ "id": 7, "docs": [{ "id": "d1", "score": 0.5 }, { "id": "d2", "text": text }] });
        assert_eq!(
            lines(&value),
            [
                "{",
                "  \"id\": 7,",
                "  \"docs\": [",
                "    {\"id\": \"d1\", \"score\": 0.5},",
                &format!("    {{\"id\": \"d2\", \"text\": \"{text}\"}}"),
                "  ]",
                "}",
            ]
        );
        assert_eq!(lines(&json!({})), ["{}"]);
        assert_eq!(lines(&json!([1, "x"])), ["[1, \"x\"]"]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((".{0,8}", inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_lines_are_the_same_value(value in any_json()) {
            let text = lines(&value).join("\n");
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }
}
