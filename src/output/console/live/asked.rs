//! What was asked with a key and no tick has confirmed yet.
//!
//! A key must be seen to work at once, and a tick comes once a second. Must not know keys.

use crate::event::{Command, Tick};

/// Ticks after which what they say counts, whatever was asked.
const PATIENCE: u8 = 2;

/// What was asked and is not confirmed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    users: Option<u32>,
    paused: Option<bool>,
    /// Ticks that came since.
    waited: u8,
}

impl Asked {
    /// Notes what is asked now, where a tick will show it.
    pub(super) fn ask(&mut self, command: Command, tick: &Tick) {
        match command {
            Command::AddUsers(more) => {
                self.users = Some(self.users(tick).saturating_add_signed(more));
            }
            Command::Pause => self.paused = Some(true),
            Command::Resume => self.paused = Some(false),
            Command::SetUsers { users, .. } => self.users = Some(users),
            Command::ResetStats | Command::Record | Command::Stop(_) | Command::Abort => return,
        }
        self.waited = 0;
    }

    /// Forgets what this tick confirms, and all when ticks go on saying otherwise.
    pub(super) fn settle(&mut self, tick: &Tick) {
        self.waited += 1;
        let open = self.waited < PATIENCE;
        self.users = self
            .users
            .filter(|users| open && *users != tick.target_users);
        self.paused = self.paused.filter(|paused| open && *paused != tick.paused);
    }

    /// Users wanted.
    pub(super) fn users(&self, tick: &Tick) -> u32 {
        self.users.unwrap_or(tick.target_users)
    }

    /// Whether users are held back.
    pub(super) fn paused(&self, tick: &Tick) -> bool {
        self.paused.unwrap_or(tick.paused)
    }
}
