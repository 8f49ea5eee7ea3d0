//! Answers kept for questions asked again.
//!
//! Owns the cache, its bound and its hit counts. Must not know how an answer is made, nor whether
//! the cache is switched on.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Answer;

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
    answers: HashMap<Key, Arc<Answer>>,
    by_age: VecDeque<Key>,
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
    /// The answer kept under `key`; counts a hit or a miss.
    pub(super) fn look_up(&self, key: &Key) -> Option<Arc<Answer>> {
        let found = self.lock().answers.get(key).cloned();
        let counter = if found.is_some() {
            &self.hits
        } else {
            &self.misses
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Keeps `answer` under `key`.
    pub(super) fn keep(&self, key: Key, answer: Arc<Answer>) {
        let mut entries = self.lock();
        if entries.answers.insert(key.clone(), answer).is_some() {
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
            cache.keep(Key::new(&number.to_string(), 1), Arc::clone(&answer));
        }
        assert!(cache.look_up(&Key::new("0", 1)).is_none());
        assert!(cache.look_up(&Key::new("1", 1)).is_some());
        assert_eq!(cache.hits_and_misses(), (1, 1));
    }

    #[test]
    fn case_and_blanks_do_not_make_another_question() {
        assert_eq!(Key::new(" What is RAG?", 5), Key::new("what is rag?", 5));
        assert_ne!(Key::new("what is rag?", 5), Key::new("what is rag?", 6));
    }
}
