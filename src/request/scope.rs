//! What a template can see while one user runs one task.
//!
//! Must not know how users are scheduled.

use indexmap::IndexMap;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

/// The variables of one run of a task by one user, and the user's own randomness.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The user's number, from 0 in order of spawning; `user.id` in templates.
    pub user_id: u64,
    /// Name of the user's class; `user.class` in templates.
    pub user_class: String,
    /// How many tasks this user finished before; `iteration` in templates.
    pub iteration: u64,
    /// Data rows and extracted values by name.
    pub variables: IndexMap<String, Value>,
    /// Random numbers of this user: seeded from (run seed, user number).
    pub random: Xoshiro256PlusPlus,
}

impl Scope {
    /// Nobody's scope, for what takes nothing from it: always the same.
    #[must_use]
    pub fn empty() -> Scope {
        Scope {
            user_id: 0,
            user_class: String::new(),
            iteration: 0,
            variables: IndexMap::new(),
            random: Xoshiro256PlusPlus::seed_from_u64(0),
        }
    }
}
