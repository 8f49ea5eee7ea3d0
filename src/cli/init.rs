//! `ragload init`: files to start from.
//!
//! Must not overwrite anything.

use std::path::Path;

use anyhow::Context;

use crate::files::shipped::{DOTENV_EXAMPLE, SCHEMA, SHIPPED, SHIPPED_DATA};

use super::screen::show;

/// The PowerShell scripts that ship.
const SCRIPTS: &[(&str, &str)] = &[
    (
        "run_smoke_test.ps1",
        include_str!("../../scripts/run_smoke_test.ps1"),
    ),
    (
        "run_load_test.ps1",
        include_str!("../../scripts/run_load_test.ps1"),
    ),
    (
        "run_stress_test.ps1",
        include_str!("../../scripts/run_stress_test.ps1"),
    ),
    (
        "run_spike_test.ps1",
        include_str!("../../scripts/run_spike_test.ps1"),
    ),
    (
        "run_soak_test.ps1",
        include_str!("../../scripts/run_soak_test.ps1"),
    ),
    (
        "run_web_ui.ps1",
        include_str!("../../scripts/run_web_ui.ps1"),
    ),
    (
        "lib/Invoke-Ragload.ps1",
        include_str!("../../scripts/lib/Invoke-Ragload.ps1"),
    ),
];

/// Writes what is not there yet.
pub(super) fn init(directory: &Path) -> anyhow::Result<u8> {
    let scenarios = SHIPPED
        .iter()
        .chain(SHIPPED_DATA)
        .chain([&SCHEMA])
        .map(|file| (Path::new("scenarios").join(file.name), file.text));
    let scripts = SCRIPTS
        .iter()
        .map(|&(name, text)| (Path::new("scripts").join(name), text));
    let example = [(Path::new(".env.example").to_owned(), DOTENV_EXAMPLE)];
    for (name, text) in example.into_iter().chain(scenarios).chain(scripts) {
        let path = directory.join(&name);
        let written =
            write_new(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        let what = if written { "written" } else { "kept   " };
        show(&format!("{what}  {}\n", path.display()));
    }
    show(
        "\nNext: copy .env.example to .env and set the host, then\n  \
         ragload check smoke    shows what would be done\n  \
         ragload once smoke     sends each request once and shows the answers\n  \
         ragload run smoke\n",
    );
    Ok(0)
}

/// Writes a file unless it exists; whether it did.
fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match std::fs::File::create_new(path) {
        Ok(mut file) => {
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            Ok(true)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
