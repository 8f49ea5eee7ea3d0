//! Which key means what: Locust's `w W s S`, and beyond.
//!
//! A table. Must not know what a wish does.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// So many users more, or fewer.
    Users(i32),
    /// Hold users back, or let them go on.
    Pause,
    /// End the run in good order.
    Stop,
    /// What Ctrl+C asks for where it is a signal.
    Interrupt,
    /// Show the help, or hide it.
    Help,
    /// Hide what lies over the view.
    Close,
    /// Move the endpoints by so many rows.
    Scroll(isize),
    /// Draw everything anew.
    Redraw,
}

/// Rows of a page.
const PAGE: isize = 10;

/// What this key asks for; none for any other.
pub(super) fn wish(key: KeyEvent) -> Option<Wish> {
    // Windows tells of keys let go as well.
    if key.kind == KeyEventKind::Release {
        return None;
    }
    // Shift shows in the character.
    let held = key.modifiers.difference(KeyModifiers::SHIFT);
    if held == KeyModifiers::CONTROL {
        return match key.code {
            KeyCode::Char('c' | 'C') => Some(Wish::Interrupt),
            KeyCode::Char('l' | 'L') => Some(Wish::Redraw),
            _ => None,
        };
    }
    if !held.is_empty() {
        return None;
    }
    Some(match key.code {
        KeyCode::Char('w') => Wish::Users(1),
        KeyCode::Char('W') => Wish::Users(10),
        KeyCode::Char('s') => Wish::Users(-1),
        KeyCode::Char('S') => Wish::Users(-10),
        KeyCode::Char('p' | 'P') => Wish::Pause,
        KeyCode::Char('q' | 'Q') => Wish::Stop,
        KeyCode::Char('?' | 'h') | KeyCode::F(1) => Wish::Help,
        KeyCode::Esc => Wish::Close,
        KeyCode::Up | KeyCode::Char('k') => Wish::Scroll(-1),
        KeyCode::Down | KeyCode::Char('j') => Wish::Scroll(1),
        KeyCode::PageUp => Wish::Scroll(-PAGE),
        KeyCode::PageDown => Wish::Scroll(PAGE),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, held: KeyModifiers) -> Option<Wish> {
        wish(KeyEvent::new(code, held))
    }

    #[test]
    fn every_key_of_the_table_means_what_the_help_says() {
        let keys = [
            ('w', Wish::Users(1)),
            ('W', Wish::Users(10)),
            ('s', Wish::Users(-1)),
            ('S', Wish::Users(-10)),
            ('p', Wish::Pause),
            ('q', Wish::Stop),
            ('?', Wish::Help),
            ('j', Wish::Scroll(1)),
            ('k', Wish::Scroll(-1)),
        ];
        for (key, expected) in keys {
            for held in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
                assert_eq!(pressed(KeyCode::Char(key), held), Some(expected), "{key}");
            }
        }
        let keys = [
            (KeyCode::Esc, Wish::Close),
            (KeyCode::F(1), Wish::Help),
            (KeyCode::Up, Wish::Scroll(-1)),
            (KeyCode::Down, Wish::Scroll(1)),
            (KeyCode::PageUp, Wish::Scroll(-10)),
            (KeyCode::PageDown, Wish::Scroll(10)),
        ];
        for (key, expected) in keys {
            assert_eq!(pressed(key, KeyModifiers::NONE), Some(expected), "{key:?}");
        }
    }

    #[test]
    fn ctrl_c_is_the_interrupt_and_other_combinations_are_no_keys_of_ours() {
        let key = |key| KeyCode::Char(key);
        let control = KeyModifiers::CONTROL;
        assert_eq!(pressed(key('c'), control), Some(Wish::Interrupt));
        assert_eq!(pressed(key('l'), control), Some(Wish::Redraw));
        for other in ['q', 's', 'w', 'z', 'p'] {
            assert_eq!(pressed(key(other), control), None, "Ctrl+{other}");
            assert_eq!(pressed(key(other), KeyModifiers::ALT), None, "Alt+{other}");
        }
        assert_eq!(pressed(key('x'), KeyModifiers::NONE), None);
        assert_eq!(pressed(KeyCode::Enter, KeyModifiers::NONE), None);
    }

    #[test]
    fn a_key_that_is_let_go_asks_for_nothing_a_second_time() {
        let held = KeyModifiers::NONE;
        let release = KeyEvent::new_with_kind(KeyCode::Char('w'), held, KeyEventKind::Release);
        assert_eq!(wish(release), None);
    }
}
