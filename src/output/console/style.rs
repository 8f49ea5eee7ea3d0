//! Colours and marks, and what may reach a terminal at all.
//!
//! Owns every escape sequence of this program's texts. Must not know what is being said.

use std::fmt::Write;

use crate::output::verdict::Tone;

/// How texts for a terminal are dressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Colours are shown: a terminal, and nobody set `NO_COLOR`.
    pub colour: bool,
    /// Only ASCII is shown.
    pub ascii: bool,
}

impl Style {
    /// Neither colours nor anything but ASCII.
    pub const PLAIN_ASCII: Style = Style {
        colour: false,
        ascii: true,
    };

    /// Text in the colour of a tone.
    #[must_use]
    pub fn toned(self, tone: Tone, text: &str) -> String {
        self.dressed(tone_code(tone), text)
    }

    /// The most important words.
    #[must_use]
    pub fn strong(self, tone: Tone, text: &str) -> String {
        let code = tone_code(tone);
        self.dressed(&format!("1;{code}"), text)
    }

    /// A heading.
    #[must_use]
    pub fn heading(self, text: &str) -> String {
        self.dressed("1", text)
    }

    /// What is there when looked for.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.dressed("2", text)
    }

    /// The mark of a tone: ✓ ✗ !
    #[must_use]
    pub fn mark(self, tone: Tone) -> String {
        let mark = match (tone, self.ascii) {
            (Tone::Good, false) => "✓",
            (Tone::Good, true) => "+",
            (Tone::Bad, false) => "✗",
            (Tone::Bad, true) => "x",
            (Tone::Open, _) => "!",
        };
        self.toned(tone, mark)
    }

    /// A bar of this width, filled to a share.
    #[must_use]
    pub fn bar(self, share: f64, width: usize) -> String {
        let (full, empty) = if self.ascii {
            ("#", ".")
        } else {
            ("█", "░")
        };
        let filled = (1..=width)
            .filter(|&cell| share * width as f64 >= cell as f64 - 0.5)
            .count();
        full.repeat(filled) + &empty.repeat(width - filled)
    }

    /// The text with what ASCII cannot say spelt otherwise, if only ASCII is shown.
    #[must_use]
    pub fn spelt(self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        (text.chars())
            .map(|c| match c {
                'µ' => 'u',
                '÷' => '/',
                '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
                c if c.is_ascii() => c,
                _ => '?',
            })
            .collect()
    }

    fn dressed(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

fn tone_code(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "32",
        Tone::Open => "33",
        Tone::Bad => "31",
    }
}

/// A text from outside (names, answers of servers) on one line and without control characters:
/// what a server answers must not steer the terminal.
#[must_use]
pub fn tame(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Besides control characters those that turn the direction of writing.
            c if c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                write!(out, "\\u{{{:x}}}", u32::from(c)).expect("writing to a String cannot fail");
            }
            c => out.push(c),
        }
    }
    out
}

/// At most `width` characters, the last an ellipsis where something was cut off.
#[must_use]
pub fn cut(text: &str, width: usize, style: Style) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let ellipsis = if style.ascii { '~' } else { '…' };
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain((width > 0).then_some(ellipsis)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_cannot_steer_the_terminal() {
        assert_eq!(
            tame("a\u{1b}[2Jb\r\nc\u{202e}d"),
            "a\\u{1b}[2Jb\\r\\nc\\u{202e}d"
        );
        assert_eq!(tame("größe ☃"), "größe ☃");
    }

    #[test]
    fn a_bar_is_empty_at_the_start_and_full_at_the_end() {
        let style = Style::PLAIN_ASCII;
        let bars = [0.0, 0.5, 1.0, 7.0].map(|share| style.bar(share, 4));
        assert_eq!(bars, ["....", "##..", "####", "####"]);
    }
}
