//! Texts and numbers as Python prints them, because Locust's files carry Python's `repr`.
//!
//! Owns the two spellings; must not know which columns use them.

use std::fmt::Write;

/// Python's `repr` of a text: single quotes, or double ones when the text has a single quote and
/// no double one; backslash and control characters escaped.
#[must_use]
pub fn str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        push_escaped(&mut out, c, quote);
    }
    out.push(quote);
    out
}

fn push_escaped(out: &mut String, c: char, quote: char) {
    let code = u32::from(c);
    let written = match c {
        '\\' => write!(out, "\\\\"),
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        c if c == quote => write!(out, "\\{c}"),
        ' ' => write!(out, " "),
        c if !is_printable(c) && code <= 0xff => write!(out, "\\x{code:02x}"),
        c if !is_printable(c) && code <= 0xffff => write!(out, "\\u{code:04x}"),
        c if !is_printable(c) => write!(out, "\\U{code:08x}"),
        c => write!(out, "{c}"),
    };
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

/// Python's `str.isprintable` for one character, as far as the standard library can tell:
/// control, separator and private-use characters are not.
fn is_printable(c: char) -> bool {
    let code = u32::from(c);
    let private = matches!(code, 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff);
    let format =
        matches!(code, 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff);
    !(c.is_control() || c.is_whitespace() || private || format)
}

/// Python's `repr` of a float: the shortest digits that round-trip, `.0` when whole, exponent
/// form below `1e-4` and from `1e16`.
#[must_use]
pub fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(rest) => ('-', rest),
            None => ('+', exponent),
        };
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    let text = value.to_string();
    if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_spelt_as_python_spells_them() {
        let cases = [
            (0.0, "0.0"),
            (19.6, "19.6"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e16, "1e+16"),
            (123_456_789.0, "123456789.0"),
            (501.351_352_539_998_1, "501.3513525399981"),
        ];
        for (value, expected) in cases {
            assert_eq!(float_repr(value), expected);
        }
    }

    #[test]
    fn texts_are_quoted_as_python_quotes_them() {
        assert_eq!(str_repr("plain"), "'plain'");
        assert_eq!(str_repr("it's"), "\"it's\"");
        assert_eq!(str_repr("it's \"so\""), "'it\\'s \"so\"'");
        assert_eq!(
            str_repr("a\\b\n\u{1}\u{a0}\u{2028}"),
            "'a\\\\b\\n\\x01\\xa0\\u2028'"
        );
        assert_eq!(str_repr("größe ☃"), "'größe ☃'");
    }
}
