//! How many files, and so connections, this process may have open: as many as the system lets it.
//!
//! The only reader and setter of that limit. Must not know what opens them.

/// Files beside the users' connections: outputs, threads, name servers, the embedded service.
const OTHERS: u64 = 64;

/// Raises the soft limit to the hard one, and returns what it is then; none where connections are
/// not counted among the files (Windows).
pub(super) fn raise() -> Option<u64> {
    if cfg!(unix) {
        rlimit::increase_nofile_limit(u64::MAX).ok()
    } else {
        None
    }
}

/// What to say before a run of this many users, if anything: each has a connection of its own.
pub(super) fn warning(peak_users: u32, limit: Option<u64>) -> Option<String> {
    let limit = limit?;
    let needed = u64::from(peak_users) + OTHERS;
    (needed > limit).then(|| {
        format!(
            "{peak_users} users need as many connections, and this process may have {limit} files \
             open: raise the hard limit (`ulimit -Hn {needed}`), or let several machines share \
             the load"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_users_for_the_limit_are_told_what_to_raise() {
        assert_eq!(warning(900, Some(1024)), None);
        assert_eq!(warning(1_000_000, None), None);
        let told = warning(1000, Some(1024)).unwrap();
        assert!(
            told.contains("1024 files") && told.contains("ulimit -Hn 1064"),
            "{told}"
        );
    }
}
