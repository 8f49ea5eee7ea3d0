//! Answers kept for questions asked again.
//!
//! Owns the cache, its bound and its hit counts. Must not know how an answer is made, nor whether
//! the cache is switched on.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Answer;
use crate::model::Offset;

/// Answers kept at most; the oldest goes first.
const CAPACITY: usize = 1024;

/// A bounded cache, locked only for the moment of a look-up.
#[derive(Default)]
pub(super) struct Cache {
    entries: Mutex<Entries>,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Default)]
struct Entries {
    answers: HashMap<Key, Kept>,
    by_age: VecDeque<Key>,
}

struct Kept {
    answer: Arc<Answer>,
    since: Offset,
}

/// What makes two questions the same: the text without regard to case and outer blanks, and the
/// number of sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    query: String,
    top_k: usize,
}

impl Key {
    /// The key of `query` answered from `top_k` sources.
    pub(super) fn new(query: &str, top_k: usize) -> Self {
        Key {
            query: query.trim().to_lowercase(),
            top_k,
        }
    }
}

impl Cache {
    /// The answer kept under `key` since `oldest` or later; counts a hit or a miss.
    pub(super) fn look_up(&self, key: &Key, oldest: Offset) -> Option<Arc<Answer>> {
        let found = {
            let entries = self.lock();
            let kept = entries.answers.get(key);
            let fresh = kept.filter(|kept| kept.since >= oldest);
            fresh.map(|kept| Arc::clone(&kept.answer))
        };
        let counter = if found.is_some() {
            &self.hits
        } else {
            &self.misses
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Keeps `answer` under `key` from `since` on.
    pub(super) fn keep(&self, key: Key, answer: Arc<Answer>, since: Offset) {
        let mut entries = self.lock();
        let kept = Kept { answer, since };
        if entries.answers.insert(key.clone(), kept).is_some() {
            return;
        }
        entries.by_age.push_back(key);
        if entries.by_age.len() > CAPACITY
            && let Some(oldest) = entries.by_age.pop_front()
        {
            entries.answers.remove(&oldest);
        }
    }

    /// Forgets every answer; the counts stay.
    pub(super) fn clear(&self) {
        *self.lock() = Entries::default();
    }

    /// Look-ups that found an answer, and those that did not.
    pub(super) fn hits_and_misses(&self) -> (u64, u64) {
        (
            self.hits.load(Ordering::Relaxed),
            self.misses.load(Ordering::Relaxed),
        )
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::answer;

    #[test]
    fn the_oldest_answer_makes_room() {
        let cache = Cache::default();
        let answer = Arc::new(answer::answer("x", &[]));
        for number in 0..=CAPACITY {
            let key = Key::new(&number.to_string(), 1);
            cache.keep(key, Arc::clone(&answer), Offset::ZERO);
        }
        assert!(cache.look_up(&Key::new("0", 1), Offset::ZERO).is_none());
        assert!(cache.look_up(&Key::new("1", 1), Offset::ZERO).is_some());
        assert_eq!(cache.hits_and_misses(), (1, 1));
    }

    #[test]
    fn an_answer_that_is_too_old_is_not_found_until_it_is_kept_again() {
        let cache = Cache::default();
        let answer = Arc::new(answer::answer("x", &[]));
        let key = || Key::new("x", 1);
        let second = Offset::from_secs;
        cache.keep(key(), Arc::clone(&answer), second(3));
        assert!(cache.look_up(&key(), second(3)).is_some());
        assert!(cache.look_up(&key(), second(4)).is_none());
        cache.keep(key(), answer, second(5));
        assert!(cache.look_up(&key(), second(4)).is_some());
    }

    #[test]
    fn case_and_blanks_do_not_make_another_question() {
        assert_eq!(Key::new(" What is RAG?", 5), Key::new("what is rag?", 5));
        assert_ne!(Key::new("what is rag?", 5), Key::new("what is rag?", 6));
    }
}
