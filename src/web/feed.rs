//! What a run tells, put up on the board.
//!
//! Must not know who looks at it.

use std::sync::Arc;

use crate::event::{Event, Sink, SinkError};

use super::board::Board;

/// The sink that keeps the board up to date.
pub struct WebFeed {
    board: Arc<Board>,
}

impl WebFeed {
    /// A feed of this board.
    #[must_use]
    pub fn new(board: Arc<Board>) -> Self {
        WebFeed { board }
    }
}

impl Sink for WebFeed {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        match event {
            Event::Started(started) => self.board.began(started),
            Event::Tick(tick) => self.board.ticked(tick),
            Event::Sampled(_) => {}
            Event::Notice(notice) => self.board.noted(notice),
            Event::SoFar(record) | Event::Finished(record) => self.board.recorded(record),
        }
        Ok(())
    }
}
