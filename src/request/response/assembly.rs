//! The texts of events, put together to one answer.
//!
//! Owns the difference between events that go on and events that start over with the whole text
//! so far, and how it is found out. Must not know where texts come from.

use super::parts::Mode;

/// Bytes of an answer that are kept: none that people read is longer.
pub(super) const LONGEST_TEXT: usize = 4 << 20;
/// So many texts in a row must go on from their predecessor before they count as whole.
const PROOF: u32 = 3;
/// A text that begins with everything so far, this long at least, says it once more.
const LONG_ENOUGH: usize = 32;

/// An answer under way.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    /// What is known of how the texts go together.
    state: State,
    /// Whether the text is wanted.
    keeps: bool,
    /// The text, or what is needed of it to go on.
    text: String,
    /// Where the last text begins, while nothing is settled.
    last: usize,
    chars: u64,
    is_visible: bool,
    /// The text was too long to be kept whole.
    is_cut: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Delta,
    /// Delta found out, so that a text that says everything once more is looked for.
    DeltaFound,
    Cumulative,
    /// So many texts went on from their predecessor, and none did not.
    Open(u32),
}

impl Assembly {
    /// Forgets everything and starts another answer, in the room of an earlier one's text.
    pub(super) fn begin(&mut self, mode: Mode, keeps: bool, room: Option<String>) {
        let mut text = room.unwrap_or_else(|| std::mem::take(&mut self.text));
        text.clear();
        text.shrink_to(super::KEPT_CAPACITY);
        let state = match mode {
            Mode::Delta => State::Delta,
            Mode::Cumulative => State::Cumulative,
            Mode::Auto => State::Open(0),
        };
        *self = Assembly {
            state,
            keeps,
            text,
            ..Assembly::default()
        };
    }

    /// Takes the text of the next event; whether it brought anything new.
    pub(super) fn take(&mut self, piece: &str) -> bool {
        if piece.is_empty() {
            return false;
        }
        self.is_visible |= piece.chars().any(|c| !c.is_whitespace());
        match self.state {
            State::Delta => self.push(piece),
            State::DeltaFound if self.is_everything(piece) => return self.replace(piece),
            State::DeltaFound => self.push(piece),
            State::Cumulative => return self.replace(piece),
            State::Open(run) => return self.weigh(piece, run),
        }
        true
    }

    /// The texts are not events but what the network made of one text: where nothing else is
    /// declared they go on, even one that repeats how the answer began.
    pub(super) fn is_cut_by_chance(&mut self) {
        if let State::Open(_) = self.state {
            self.state = State::Delta;
        }
    }

    /// The end of the texts.
    pub(super) fn finish(&mut self) {
        if matches!(self.state, State::Open(run) if run + 1 >= PROOF) {
            let whole = self.text.split_off(self.last);
            self.restart(&whole);
        }
    }

    /// Whether the text is wanted whole.
    pub(super) fn keeps_text(&self) -> bool {
        self.keeps
    }

    /// Characters of the answer.
    pub(super) fn chars(&self) -> u64 {
        self.chars
    }

    /// Whether anything but blanks came.
    pub(super) fn is_visible(&self) -> bool {
        self.is_visible
    }

    /// The text, where it is kept and was not too long.
    pub(super) fn take_text(&mut self) -> Option<String> {
        (self.keeps && !self.is_cut).then(|| std::mem::take(&mut self.text))
    }

    fn push(&mut self, piece: &str) {
        self.chars += piece.chars().count() as u64;
        let needed = self.keeps || self.state != State::Delta;
        if !needed {
            return;
        }
        self.last = self.text.len();
        if self.text.len() + piece.len() > LONGEST_TEXT {
            self.is_cut = true;
        } else if !self.is_cut {
            self.text.push_str(piece);
        }
    }

    /// Takes a text that is the whole answer so far; whether it is another than before.
    fn replace(&mut self, whole: &str) -> bool {
        if let Some(new) = whole
            .strip_prefix(self.text.as_str())
            .filter(|_| !self.is_cut)
        {
            let grown = !new.is_empty();
            if grown {
                self.push(new);
            }
            return grown;
        }
        self.restart(whole);
        true
    }

    fn restart(&mut self, whole: &str) {
        self.text.clear();
        self.chars = 0;
        self.is_cut = false;
        self.push(whole);
    }

    fn is_everything(&self, piece: &str) -> bool {
        self.text.len() >= LONG_ENOUGH && !self.is_cut && piece.starts_with(&self.text)
    }

    /// Takes a text while it is open what the texts are.
    fn weigh(&mut self, piece: &str, run: u32) -> bool {
        let before = self.text.get(self.last..).unwrap_or_default();
        if before.is_empty() {
            self.push(piece);
            return true;
        }
        let is_same = piece == before;
        if piece.starts_with(before) && !is_same && run + 1 < PROOF {
            self.state = State::Open(run + 1);
            self.push(piece);
            return true;
        }
        if piece.starts_with(before) && run > 0 {
            self.state = State::Cumulative;
            self.restart(piece);
            return !is_same;
        }
        self.state = State::DeltaFound;
        self.push(piece);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assemble(mode: Mode, pieces: &[&str]) -> (String, u64, usize) {
        let mut assembly = Assembly::default();
        assembly.begin(mode, true, None);
        let new = pieces.iter().filter(|piece| assembly.take(piece)).count();
        assembly.finish();
        (assembly.take_text().unwrap(), assembly.chars(), new)
    }

    #[test]
    fn texts_go_on_or_start_over_as_declared() {
        let pieces = ["He", "Hello", "Hello", "", "Hello wörld"];
        let delta = assemble(Mode::Delta, &pieces);
        assert_eq!(delta, ("HeHelloHelloHello wörld".to_owned(), 23, 4));
        let cumulative = assemble(Mode::Cumulative, &pieces);
        assert_eq!(cumulative, ("Hello wörld".to_owned(), 11, 3));
        // A last event may write the answer anew, with marks of its sources in it.
        let rewritten = assemble(Mode::Cumulative, &["One two", "One [1] two [2]"]);
        assert_eq!(rewritten, ("One [1] two [2]".to_owned(), 15, 2));
    }

    #[test]
    fn what_the_texts_are_is_found_out() {
        for (pieces, text) in [
            (&["The", " sky", " is"][..], "The sky is"),
            (&["ha", "ha", "ha", "ha"], "hahahaha"),
            (
                &["The", "The sky", "The sky is", "The sky is blue"],
                "The sky is blue",
            ),
            (&["The", "The sky", "The sky is"], "The sky is"),
            (&["The", "The sky", "The sky"], "The sky"),
            (&["1", "10", " items"], "110 items"),
            (&["Only this"], "Only this"),
            (&["   ", ""], "   "),
        ] {
            assert_eq!(assemble(Mode::Auto, pieces).0, text, "{pieces:?}");
        }
        let text = "An answer of more than a few words, ";
        let again = format!("{text}and so on.");
        let found = assemble(Mode::Auto, &[text, "and so on.", &again, &again]);
        assert_eq!((found.0, found.2), (again, 2));
    }

    #[test]
    fn an_answer_that_would_fill_the_memory_is_counted_and_not_kept() {
        let piece = "x".repeat(LONGEST_TEXT / 2 + 1);
        for mode in [Mode::Delta, Mode::Auto] {
            let mut assembly = Assembly::default();
            assembly.begin(mode, true, None);
            assembly.take("y");
            assembly.take(&piece);
            assembly.take(&piece);
            assembly.finish();
            assert_eq!(assembly.take_text(), None);
            assert_eq!(assembly.chars(), 1 + 2 * piece.len() as u64);
        }
    }

    proptest! {
        #[test]
        fn no_texts_panic(pieces in prop::collection::vec("[aäb ]{0,3}", 0..12)) {
            for mode in [Mode::Delta, Mode::Cumulative, Mode::Auto] {
                let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
                let (text, chars, _) = assemble(mode, &pieces);
                prop_assert_eq!(text.chars().count() as u64, chars);
            }
        }
    }
}
