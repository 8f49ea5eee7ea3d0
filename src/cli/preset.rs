//! `ragload preset`: what a preset sets, to read or to start from.
//!
//! Must not know what the keys mean.

use crate::scenario::presets::{PRESETS, preset};

use super::args::PresetCommand;
use super::exit;
use super::screen::{say, show};

/// Lists the presets, or shows one.
pub(super) fn main(command: &PresetCommand) -> u8 {
    match command {
        PresetCommand::List => {
            let names = PRESETS.iter().map(|preset| preset.name.len());
            let width = names.max().unwrap_or(0);
            for preset in PRESETS {
                show(&format!("{:<width$}  {}\n", preset.name, preset.summary()));
            }
            0
        }
        PresetCommand::Show { name } => match preset(name) {
            Ok(preset) => {
                show(preset.text);
                0
            }
            Err(message) => {
                say(&format!("error: {message}\n"));
                exit::USAGE
            }
        },
    }
}
