//! The keys of every request, wherever in a scenario it stands.
//!
//! Must not know what a key means.

/// Some keys and, behind them, those of every request: a list that tasks and steps share.
macro_rules! request_keys {
    ($($own:literal),*) => {
        &[
            $($own,)*
            "preset",
            "request_name",
            "get",
            "post",
            "put",
            "patch",
            "delete",
            "head",
            "options",
            "params",
            "headers",
            "json",
            "body",
            "form",
            "multipart",
            "timeout",
            "follow_redirects",
            "ca_cert",
            "client_cert",
            "insecure",
            "response",
            "timeouts",
            "slo",
            "retry",
            "expect",
            "extract",
        ]
    };
}
pub(in super::super) use request_keys;
