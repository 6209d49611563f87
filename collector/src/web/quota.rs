//! How many requests of programs one account, or one address without an account, may make a minute; told in headers.
//!
//! Comes in: who asks, the instant. Goes out: yes or no, what is left and until when. Absent on purpose: signing in (`password::Throttle` counts
//! what failed), agents' reports (they have a pace of their own), pages.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use rollcall_shared::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Length of a window.
const WINDOW_S: i64 = 60;
/// Accounts and addresses remembered; beyond it windows that are over are forgotten, then all.
const REMEMBERED: usize = 10_000;
/// Fields of draft-ietf-httpapi-ratelimit-headers-10.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The windows of everybody who asked of late.
#[derive(Debug, Default)]
pub struct Quota {
    windows: Mutex<HashMap<String, (Timestamp, u32)>>,
}

/// How somebody stands in their window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests a window.
    pub most: u32,
    /// Requests left; none left and one more asked for: `over`.
    pub left: u32,
    /// Seconds until the next window.
    pub wait_s: u32,
    /// This request is one too many.
    pub over: bool,
}

impl Quota {
    /// Counts one request.
    pub fn take(&self, who: &str, most: u32, now: Timestamp) -> Standing {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= REMEMBERED && !windows.contains_key(who) {
            windows.retain(|_, (began, _)| now.since_s(*began) < WINDOW_S);
            if windows.len() >= REMEMBERED {
                windows.clear();
            }
        }
        let window = windows.entry(who.to_owned()).or_insert((now, 0));
        // A clock that was set back begins a new window, too.
        if !(0..WINDOW_S).contains(&now.since_s(window.0)) {
            *window = (now, 0);
        }
        let over = window.1 >= most;
        window.1 = window.1.saturating_add(u32::from(!over));
        let wait_s = u32::try_from(WINDOW_S - now.since_s(window.0)).unwrap_or(1).max(1);
        Standing { most, left: most.saturating_sub(window.1), wait_s, over }
    }
}

impl Standing {
    /// Tells it in headers.
    pub fn tell(self, headers: &mut HeaderMap) {
        let mut set = |name: HeaderName, text: String| {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        };
        set(POLICY, format!("\"minute\";q={};w={WINDOW_S}", self.most));
        set(LIMIT, format!("\"minute\";r={};t={}", self.left, self.wait_s));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_so_many_requests_of_each() {
        let (quota, at) = (Quota::default(), Timestamp(1_000));
        assert_eq!(quota.take("anne", 2, at), Standing { most: 2, left: 1, wait_s: 60, over: false });
        assert_eq!(quota.take("anne", 2, at + 10), Standing { most: 2, left: 0, wait_s: 50, over: false });
        assert_eq!(quota.take("anne", 2, at + 59), Standing { most: 2, left: 0, wait_s: 1, over: true });
        assert!(!quota.take("bruno", 2, at + 59).over);
        assert_eq!(quota.take("anne", 2, at + 60), Standing { most: 2, left: 1, wait_s: 60, over: false });
        assert!(!quota.take("anne", 2, at - 500).over, "the clock was set back");
    }

    #[test]
    fn whoever_asks_under_many_names_fills_no_memory() {
        let quota = Quota::default();
        for n in 0..REMEMBERED * 2 {
            quota.take(&n.to_string(), 2, Timestamp(1_000));
        }
        assert!(quota.windows.lock().unwrap().len() <= REMEMBERED);
    }

    #[test]
    fn what_is_left_is_told() {
        let mut headers = HeaderMap::new();
        Standing { most: 1200, left: 7, wait_s: 42, over: false }.tell(&mut headers);
        assert_eq!(headers["ratelimit"], "\"minute\";r=7;t=42");
        assert_eq!(headers["ratelimit-policy"], "\"minute\";q=1200;w=60");
    }
}
