//! Which parts of the view get how many rows.
//!
//! Owns what goes first where there are few rows. Must not know what the parts show.

use super::view::View;
use super::{failures, figures, limits, pills};

/// The parts from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Header,
    Gauge,
    Pills,
    Figures,
    Endpoints,
    Failures,
    Limits,
    Remarks,
    Generator,
    Footer,
}

/// All of them, as they stand.
pub(super) const PARTS: [Part; 10] = [
    Part::Header,
    Part::Gauge,
    Part::Pills,
    Part::Figures,
    Part::Endpoints,
    Part::Failures,
    Part::Limits,
    Part::Remarks,
    Part::Generator,
    Part::Footer,
];

/// The parts by how much they are missed.
const BY_WEIGHT: [Part; 10] = [
    Part::Header,
    Part::Figures,
    Part::Pills,
    Part::Endpoints,
    Part::Footer,
    Part::Gauge,
    Part::Failures,
    Part::Limits,
    Part::Generator,
    Part::Remarks,
];

/// Rows from which parts have titles; the notices, which explain themselves, only where there
/// are plenty.
const TITLED: u16 = 18;
const ALL_TITLED: u16 = 30;
/// Columns from which failures stand beside the endpoints.
pub(super) const BESIDE: u16 = 176;

/// The rows a part would like.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    /// Fewer and it is left out.
    least: usize,
    /// What matters is shown.
    good: usize,
    /// All is shown.
    full: usize,
}

impl Wish {
    fn exactly(rows: usize) -> Self {
        Wish {
            least: rows,
            good: rows,
            full: rows,
        }
    }
}

/// The rows each part gets, in the order of [`PARTS`].
pub(super) fn rows(view: &View, columns: u16, rows: u16) -> [u16; PARTS.len()] {
    let wishes = PARTS.map(|part| wish(view, part, columns, rows));
    let mut given = [0; PARTS.len()];
    let mut room = usize::from(rows);
    for part in BY_WEIGHT.map(index) {
        if wishes[part].least <= room {
            given[part] = wishes[part].least;
            room -= given[part];
        }
    }
    for level in [|wish: Wish| wish.good, |wish: Wish| wish.full] {
        let mut grew = true;
        while grew {
            grew = false;
            // One row each, in turn: a long table leaves something for the others.
            for part in BY_WEIGHT.map(index) {
                if room > 0 && given[part] > 0 && given[part] < level(wishes[part]) {
                    given[part] += 1;
                    room -= 1;
                    grew = true;
                }
            }
        }
    }
    given.map(|rows| u16::try_from(rows).unwrap_or(u16::MAX))
}

/// Whether a part has a title on a screen of so many rows.
pub(super) fn is_titled(part: Part, rows: u16) -> bool {
    match part {
        Part::Endpoints | Part::Failures => rows >= TITLED,
        Part::Remarks => rows >= ALL_TITLED,
        Part::Header | Part::Gauge | Part::Pills | Part::Figures => false,
        Part::Limits | Part::Generator | Part::Footer => false,
    }
}

fn index(part: Part) -> usize {
    part as usize
}

fn wish(view: &View, part: Part, columns: u16, rows: u16) -> Wish {
    let title = usize::from(is_titled(part, rows));
    let list = |count: usize, good: usize, full: usize| {
        if count == 0 {
            return Wish::default();
        }
        Wish {
            least: title + 1,
            good: title + count.min(good),
            full: title + count.min(full),
        }
    };
    let tick = view.story.tick.as_ref();
    match part {
        Part::Header | Part::Gauge | Part::Generator | Part::Footer => Wish::exactly(1),
        Part::Limits => Wish::exactly(usize::from(limits::told(view).is_some())),
        Part::Pills => {
            let needed = pills::rows_needed(view, usize::from(columns));
            Wish {
                least: needed.min(1),
                good: needed.min(2),
                full: needed,
            }
        }
        Part::Figures if columns < figures::NARROWEST => Wish::exactly(1),
        Part::Figures => Wish {
            least: 1,
            good: 3,
            full: usize::from(rows / 5).clamp(3, 9),
        },
        Part::Endpoints => {
            let endpoints = tick.map_or(0, |tick| tick.snapshot.rows.len());
            let beside = if columns >= BESIDE {
                failures::kinds(view).min(8)
            } else {
                0
            };
            Wish {
                least: title + 2,
                good: title + 2 + endpoints.min(6),
                full: title + 2 + endpoints.max(beside),
            }
        }
        Part::Failures if columns >= BESIDE => Wish::default(),
        Part::Failures => list(failures::kinds(view), 2, 12),
        Part::Remarks => list(view.story.remarks.len(), 1, 8),
    }
}
