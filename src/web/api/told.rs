//! The state as text, written once for everyone who is told it.
//!
//! Must not know who is told, nor what a state holds.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::board::View;
use super::state::state;

/// The view that was told last, and its state as JSON.
#[derive(Default)]
pub(in crate::web) struct Told(Mutex<Option<(Arc<View>, Arc<str>)>>);

impl Told {
    /// The state of this view, as JSON. A view that says no more than the one before has the same
    /// text, and the same pointer to it: nobody needs to be told twice.
    pub(super) fn of(&self, view: &Arc<View>) -> Arc<str> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &*told {
            Some((known, text)) if Arc::ptr_eq(known, view) => return Arc::clone(text),
            Some((_, text)) => Some(Arc::clone(text)),
            None => None,
        };
        let text = state(view).to_string();
        let same = before.filter(|before| **before == *text);
        let text = same.unwrap_or_else(|| text.into());
        *told = Some((Arc::clone(view), Arc::clone(&text)));
        text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::board::Board;
    use super::*;

    #[test]
    fn a_state_is_written_once_and_anew_only_when_it_says_something_else() {
        let (board, told) = (Board::new(None, Duration::ZERO), Told::default());
        let of = || told.of(&board.view());
        let ready = of();
        assert!(Arc::ptr_eq(&ready, &of()), "written twice");
        board.stopped();
        let stopped = of();
        assert!(ready.contains("\"ready\"") && stopped.contains("\"stopped\""));
        let before = board.view();
        board.stopped();
        assert!(!Arc::ptr_eq(&before, &board.view()), "the view is no other");
        assert!(Arc::ptr_eq(&stopped, &of()), "told again what was known");
    }
}
