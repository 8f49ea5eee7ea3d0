//! Behaviour of the framers: each row of the table of what streams do to their readers.

use super::sniff::{Shape, sniff};
use super::sse::SseFramer;
use super::text::TextFramer;
use super::values::ValueFramer;
use super::*;
use crate::request::response::format::{Format, MediaKind};

use proptest::prelude::*;

/// `name|data` of events, `:` for comments, `"text"` of texts, `!` for what was dropped; at the
/// end ` …` when it ended within a piece.
fn shown(feed: impl FnOnce(&mut OnPiece<'_>) -> bool) -> Vec<String> {
    let mut shown = Vec::new();
    let unfinished = feed(&mut |piece| {
        shown.push(match piece {
            Piece::Event { name, data } => {
                let text = String::from_utf8_lossy;
                let name = text(name);
                let bar = if name.is_empty() { "" } else { "|" };
                format!("{name}{bar}{}", text(data))
            }
            Piece::Text(text) => serde_json::to_string(text).unwrap(),
            Piece::KeepAlive => ":".to_owned(),
            Piece::Dropped => "!".to_owned(),
        });
    });
    if unfinished {
        shown.push("…".to_owned());
    }
    shown
}

fn sse(bytes: &[u8], cut: usize) -> Vec<String> {
    shown(|on| {
        let mut framer = SseFramer::default();
        for chunk in bytes.chunks(cut.max(1)) {
            framer.feed(chunk, on);
        }
        framer.finish(on)
    })
}

fn values(bytes: &[u8], cut: usize) -> Vec<String> {
    shown(|on| {
        let mut framer = ValueFramer::default();
        for chunk in bytes.chunks(cut.max(1)) {
            framer.feed(chunk, on);
        }
        framer.finish(on)
    })
}

fn text(bytes: &[u8], cut: usize) -> String {
    let pieces = shown(|on| {
        let mut framer = TextFramer::default();
        for chunk in bytes.chunks(cut.max(1)) {
            framer.feed(chunk, on);
        }
        framer.finish(on);
        false
    });
    let unquoted = pieces
        .iter()
        .map(|piece| serde_json::from_str::<String>(piece));
    unquoted.map(Result::unwrap).collect()
}

#[test]
fn events_are_cut_as_the_standard_says() {
    for (stream, events) in [
        ("data: a\n\ndata: b\n\n", &["a", "b"][..]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
        ("data: a\r\rdata: b\r\r", &["a", "b"]),
        ("data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", &["a", "b", "c"]),
        ("data:x\n\n", &["x"]),
        ("data:  x \n\n", &[" x "]),
        ("data: one\ndata:two\ndata\n\n", &["one\ntwo\n"]),
        ("data:\n\n", &[""]),
        (": hello\n:\n\n:\r\n", &[":", ":", ":"]),
        (
            "event: token\nid: 7\nretry: 10\nfoo: bar\nbaz\ndata: x\n\n",
            &["token|x"],
        ),
        ("event: end\n\ndata: x\n\n", &["end|", "x"]),
        ("id: 7\n\nretry: 3\n\n\n\n", &[]),
        ("event: a\nevent: b\ndata: x\n\n", &["b|x"]),
        ("data: a\n\ndata: last", &["a", "last", "…"]),
        ("data: a\n\ndata: last\n", &["a", "last", "…"]),
        ("data: a\n\n: bye", &["a", ":"]),
        (" data: x\n\ndata : y\n\n", &[]),
        ("", &[]),
    ] {
        for cut in 1..=stream.len().max(1) {
            assert_eq!(
                sse(stream.as_bytes(), cut),
                events,
                "{stream:?} in pieces of {cut}"
            );
        }
    }
}

#[test]
fn values_end_where_they_end_whatever_stands_between() {
    for (stream, found) in [
        (
            "{\"a\":1}\n{\"b\":[2,{}]}\n",
            &["{\"a\":1}", "{\"b\":[2,{}]}"][..],
        ),
        ("{\"a\":1}{\"b\":2}", &["{\"a\":1}", "{\"b\":2}"]),
        ("\u{1e}{\"a\":1}\r\n\r\n \u{1e}{}", &["{\"a\":1}", "{}"]),
        ("{\n  \"a\": 1\n}\n", &["{\n  \"a\": 1\n}"]),
        (r#"{"a":"}\"{\\"}[1]"#, &[r#"{"a":"}\"{\\"}"#, "[1]"]),
        (
            "\"a b\"\"c\"\n12\ntrue",
            &["\"a b\"", "\"c\"", "12\n", "true"],
        ),
        (
            "{\"a\":1}\noops\n{\"b\":2}",
            &["{\"a\":1}", "oops\n", "{\"b\":2}"],
        ),
        (
            "{\"cut\": \"in a te\n{\"b\":2}\n",
            &["{\"cut\": \"in a te\n", "{\"b\":2}"],
        ),
        ("{\"a\":1}\n{\"cut\":", &["{\"a\":1}", "…"]),
        ("\"cut", &["…"]),
        ("}\n]", &["}\n", "]"]),
        (" \n", &[]),
    ] {
        for cut in 1..=stream.len() {
            assert_eq!(
                values(stream.as_bytes(), cut),
                found,
                "{stream:?} in pieces of {cut}"
            );
        }
    }
}

#[test]
fn a_character_cut_by_the_network_is_put_together() {
    let stream = "aé日😀".as_bytes();
    for cut in 1..=stream.len() {
        assert_eq!(text(stream, cut), "aé日😀");
    }
    for bytes in [
        &b"a\xffb"[..],
        b"\xe6\x97",
        b"\xf0\x9f\x98x",
        b"\xc3\xc3\xa9",
    ] {
        for cut in 1..=bytes.len() {
            assert_eq!(
                text(bytes, cut),
                String::from_utf8_lossy(bytes),
                "{bytes:?}"
            );
        }
    }
}

#[test]
fn a_piece_that_would_fill_the_memory_is_dropped() {
    let mut stream = b"data: ".to_vec();
    stream.extend(std::iter::repeat_n(b'x', LONGEST_PIECE + 1));
    stream.extend(b"\n\ndata: next\n\n");
    assert_eq!(sse(&stream, 1 << 20), ["!", "next"]);
    let mut stream = b"[\"".to_vec();
    stream.extend(std::iter::repeat_n(b'x', LONGEST_PIECE + 1));
    stream.extend(b"\"]{}");
    assert_eq!(values(&stream, 1 << 20), ["!", "{}"]);
}

#[test]
fn the_shape_of_an_answer_shows_in_its_first_bytes() {
    use MediaKind::{EventStream, Json, Unsaid};
    let plain = MediaKind::Text;
    for (declared, media, bytes, shape) in [
        (
            Format::Sse,
            EventStream,
            &b"data: x"[..],
            Some(Shape::Events),
        ),
        (
            Format::Sse,
            EventStream,
            b"{\"error\":1}",
            Some(Shape::Values),
        ),
        (Format::Sse, Json, b" \n[", Some(Shape::Values)),
        (Format::Sse, Unsaid, b"<html>", Some(Shape::Events)),
        (Format::Ndjson, Unsaid, b"{", Some(Shape::Values)),
        (
            Format::Ndjson,
            EventStream,
            b"data: {}",
            Some(Shape::Events),
        ),
        (Format::Ndjson, Unsaid, b"dat", None),
        (Format::Ndjson, Unsaid, b"day", Some(Shape::Values)),
        (Format::Json, Json, b": ping\n", Some(Shape::Events)),
        (Format::Text, EventStream, b"data: x", Some(Shape::Text)),
        (Format::Text, Unsaid, b"\xef\xbb", None),
        (Format::Auto, plain, b"event: x", Some(Shape::Events)),
        (Format::Auto, plain, b"retr", None),
        (Format::Auto, plain, b"retro", Some(Shape::Text)),
        (Format::Auto, plain, b"[1] says", Some(Shape::Text)),
        (Format::Auto, plain, b"{\"a\"", Some(Shape::Values)),
        (Format::Auto, Unsaid, b"[{", Some(Shape::Values)),
        (Format::Auto, EventStream, b"x", Some(Shape::Events)),
        (Format::Auto, Json, b"12", Some(Shape::Values)),
        (Format::Auto, Unsaid, b"  ", None),
        (Format::Auto, Unsaid, b"", None),
    ] {
        let found = sniff(declared, media, bytes, false);
        assert_eq!(found.map(|(shape, _)| shape), shape, "{declared} {bytes:?}");
        assert!(sniff(declared, media, bytes, true).is_some());
    }
    let with_bom = sniff(Format::Sse, Unsaid, b"\xef\xbb\xbfdata: x", false);
    assert_eq!(with_bom, Some((Shape::Events, 3)));
    let blanks = vec![b' '; 5000];
    assert!(sniff(Format::Auto, Unsaid, &blanks, false).is_some());
}

proptest! {
    #[test]
    fn no_bytes_panic_and_no_cut_makes_a_difference(
        bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"data:\n\r \"{}[]\\e\xc3\xa9".to_vec())],
            0..80,
        ),
        cut in 1usize..20,
    ) {
        prop_assert_eq!(sse(&bytes, cut), sse(&bytes, 100));
        prop_assert_eq!(values(&bytes, cut), values(&bytes, 100));
        let (cut_text, whole) = (text(&bytes, cut), text(&bytes, 100));
        prop_assert_eq!(&cut_text, &whole);
        prop_assert_eq!(whole, String::from_utf8_lossy(&bytes));
        for declared in [Format::Auto, Format::Sse, Format::Json] {
            let told = |bytes: &[u8]| sniff(declared, MediaKind::Text, bytes, false);
            let early = (0..=bytes.len()).find_map(|end| told(&bytes[..end]));
            prop_assert!(early.is_none() || early == told(&bytes));
        }
    }
}
