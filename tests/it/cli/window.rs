//! A terminal to run programs in: keys typed at it, what stands on it, and the state it is left in.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::program::{Folder, PROGRAM, Ran};
use super::running::{ran, until};
use crate::tools::tool;

/// A window of tmux, with a shell that runs a command and stays.
pub(super) struct Window<'f> {
    folder: &'f Folder,
    socket: PathBuf,
}

/// Servers so far: one that is ending must not be taken for the next.
static SERVERS: AtomicU32 = AtomicU32::new(0);

impl<'f> Window<'f> {
    /// Opens one of this size and runs a shell command in it. What follows it says how it ended
    /// and whether the terminal's modes are those from before; Ctrl+C does not end the shell.
    pub(super) fn open(folder: &'f Folder, columns: u16, rows: u16, command: &str) -> Self {
        let number = SERVERS.fetch_add(1, Ordering::Relaxed);
        let socket = folder.path(&format!("tmux{number}"));
        let window = Window { folder, socket };
        folder.write(
            "in_window.sh",
            &format!(
                "trap : INT\nstty -g >modes.before\n{command}\necho \"code $?\"\nstty -g >modes.after\n\
                 cmp modes.before modes.after && echo 'modes as before'\nexec sleep 600\n"
            ),
        );
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let session = ["new-session", "-d", "-x", &columns, "-y", &rows];
        window.tmux(&[&session[..], &["sh in_window.sh"]].concat());
        window
    }

    /// Runs the program in a window, with these arguments as a shell reads them.
    pub(super) fn ragload(folder: &'f Folder, size: (u16, u16), arguments: &str) -> Self {
        let (columns, rows) = size;
        Self::open(folder, columns, rows, &format!("'{PROGRAM}' {arguments}"))
    }

    fn tmux(&self, arguments: &[&str]) -> Ran {
        let mut command: Command = self.folder.program(tool("tmux"));
        command
            .arg("-S")
            .arg(&self.socket)
            .args(["-f", "/dev/null"]);
        command.args(arguments).env("LC_ALL", "C.UTF-8");
        ran(command).expect(0)
    }

    /// What stands on it now.
    pub(super) fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"]).stdout
    }

    /// What stands on it and above it.
    pub(super) fn all(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-J", "-S", "-"]).stdout
    }

    /// Types keys, by tmux's names of them.
    pub(super) fn type_keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Makes the window another size.
    pub(super) fn resize(&self, columns: u16, rows: u16) {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        self.tmux(&["resize-window", "-x", &columns, "-y", &rows]);
    }

    /// Waits until this text stands on it; the screen then.
    #[track_caller]
    pub(super) fn until_shows(&self, text: &str) -> String {
        let mut screen = String::new();
        let mut shown = || {
            screen = self.screen();
            screen.contains(text)
        };
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| until(text, &mut shown)))
            .is_err()
        {
            panic!("no {text:?} on:\n{screen}");
        }
        screen
    }

    /// Waits for the end of what was run, and asserts that it left the terminal as it found it;
    /// all that it wrote.
    #[track_caller]
    pub(super) fn until_left_as_found(&self, code: i32) -> String {
        self.until_shows("modes as before");
        let all = self.all();
        assert!(all.contains(&format!("code {code}\n")), "{all}");
        let state = "#{cursor_flag} #{alternate_on} #{bracket_paste_flag}";
        let state = self.tmux(&["display-message", "-p", state]).stdout;
        assert!(
            state.starts_with("1 0"),
            "cursor, alternate screen: {state}"
        );
        all
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        // A test that failed must not leave it behind; one whose server is gone has nothing to.
        let mut command = self.folder.program(tool("tmux"));
        command.arg("-S").arg(&self.socket);
        let _ = command.arg("kill-server").output();
    }
}
