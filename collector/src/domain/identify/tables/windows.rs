//! Windows' names: editions as texts tell them, and releases by build.
//!
//! Comes in: a text (`Windows Server 2008 R2 Standard 7601 Service Pack 1`) or a version (`10.0.22631`). Goes out: `Windows` or `Windows Server`, the
//! release, the kind. Sources: Microsoft's release information of Windows and Windows Server, MS-CIFS, MS-NLMP. Absent on purpose:
//! editions (Pro, Education), which tell no device from another.
//!
//! Samba calls itself `Windows 6.1` and tells version 6.1.0: these say nothing.

use crate::domain::kind::Kind::{self, *};

/// What a text or a version tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// `Windows` or `Windows Server`; empty where it may be either.
    pub os: &'static str,
    /// The release: `10`, `2012 R2`; empty where not told.
    pub version: &'static str,
    /// A server or a client; unknown where it may be either.
    pub kind: Kind,
}

/// The first build of Windows 11.
const ELEVEN: u32 = 22_000;

/// Words that only a server's name holds.
const SERVERS: &[&str] = &["server", "hyper-v"];

/// Releases of servers, as their names hold them; the longer before the shorter.
const SERVER_RELEASES: &[&str] = &["2003 R2", "2003", "2008 R2", "2008", "2012 R2", "2012", "2016", "2019", "2022", "2025", "2000"];

/// Releases of clients by a word after `Windows`: the word, the release, whether the client's name is told by it alone.
const CLIENT_RELEASES: &[(&str, &str, bool)] = &[
    ("8.1", "8.1", true),
    ("11", "11", true),
    ("10", "10", true),
    ("8", "8", true),
    ("7", "7", true),
    ("vista", "Vista", true),
    ("rt", "RT", true),
    ("xp", "XP", true),
    ("2002", "XP", true),
    ("5.1", "XP", true),
    ("2000", "2000", true),
    ("5.0", "2000", false),
    ("embedded", "", true),
    ("nt", "NT 4", false),
    ("4.0", "NT 4", false),
    ("me", "ME", false),
    ("98", "98", false),
    ("95", "95", false),
];

/// What a name of Windows tells; nothing where it is none.
pub fn named(text: &str) -> Option<Release> {
    let folded = text.to_ascii_lowercase().replace("(r)", " ").replace("(tm)", " ");
    let words: Vec<&str> = folded.split_whitespace().collect();
    if words.first() == Some(&"nt") && folded.contains("lan manager") {
        return Some(Release { os: "Windows", version: "NT 4", kind: Unknown });
    }
    if !matches!(words.first(), Some(&("windows" | "hyper-v" | "microsoft"))) {
        return None;
    }
    if words.iter().any(|word| SERVERS.contains(word)) {
        let joined = words.join(" ");
        let version = SERVER_RELEASES.iter().find(|release| holds(&joined, &release.to_ascii_lowercase())).copied().unwrap_or_default();
        return Some(Release { os: "Windows Server", version, kind: Server });
    }
    // The release follows the name; `Microsoft Windows` is the same name.
    let after = words.iter().position(|word| *word == "windows").and_then(|at| words.get(at + 1))?;
    let (_, version, is_client) = CLIENT_RELEASES.iter().find(|(word, ..)| word == after)?;
    let build = words.iter().filter_map(|word| word.parse::<u32>().ok()).find(|number| *number >= ELEVEN && *number < 100_000);
    let version = if *version == "10" && build.is_some() { "11" } else { version };
    Some(Release { os: "Windows", version, kind: if *is_client { Desktop } else { Unknown } })
}

/// Whether words stand in a text as whole words.
fn holds(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Builds from which on a release counts, newest first: major, minor, build, clients' release, servers' release. Empty: none has this build.
#[rustfmt::skip]
const BUILDS: &[(u32, u32, u32, &str, &str)] = &[
    (10, 0, 26_100, "11", "2025"), (10, 0, 22_000, "11", ""), (10, 0, 20_348, "", "2022"), (10, 0, 18_362, "10", ""), (10, 0, 17_763, "10", "2019"), (10, 0, 14_900, "10", ""), (10, 0, 14_393, "10", "2016"), (10, 0, 10_240, "10", ""),
    (6, 3, 9_600, "8.1", "2012 R2"), (6, 2, 9_200, "8", "2012"), (6, 1, 7_600, "7", "2008 R2"), (6, 0, 6_000, "Vista", "2008"), (5, 2, 3_790, "", "2003"), (5, 1, 2_600, "XP", ""),
];

/// What a version tells; nothing where no Windows has it.
pub fn built(version: &str) -> Option<Release> {
    let mut numbers = version.split('.').map(|number| number.trim().parse::<u32>());
    let (Some(Ok(major)), Some(Ok(minor)), Some(Ok(build))) = (numbers.next(), numbers.next(), numbers.next()) else { return None };
    let (.., client, server) = BUILDS.iter().find(|(a, b, least, ..)| (*a, *b) == (major, minor) && build >= *least)?;
    Some(match (client.is_empty(), server.is_empty()) {
        (true, _) => Release { os: "Windows Server", version: server, kind: Server },
        (false, true) => Release { os: "Windows", version: client, kind: Desktop },
        (false, false) => Release { os: "Windows", version: "", kind: Unknown },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_system_release_and_kind() {
        for (text, expected) in [
            ("Windows 10 Pro 19045", Some(("Windows", "10", Desktop))),
            ("Windows 10 Education 22631", Some(("Windows", "11", Desktop))),
            ("Windows 7 Professional 7601 Service Pack 1", Some(("Windows", "7", Desktop))),
            ("Windows Vista (TM) Business 6002 Service Pack 2", Some(("Windows", "Vista", Desktop))),
            ("Windows Server (R) 2008 Standard 6002", Some(("Windows Server", "2008", Server))),
            ("Windows Server 2012 R2 Standard 9600", Some(("Windows Server", "2012 R2", Server))),
            ("Windows MultiPoint Server 2011", Some(("Windows Server", "", Server))),
            ("Windows 5.1", Some(("Windows", "XP", Desktop))),
            ("Windows 6.1", None),
            ("Unix", None),
            ("Windows", None),
            ("", None),
            ("\u{130}windows", None),
        ] {
            assert_eq!(named(text).map(|release| (release.os, release.version, release.kind)), expected, "{text}");
        }
    }

    #[test]
    fn builds_tell_what_only_one_of_client_and_server_has() {
        for (version, expected) in [
            ("10.0.22631", Some(("Windows", "11", Desktop))),
            ("10.0.19045", Some(("Windows", "10", Desktop))),
            ("10.0.20348", Some(("Windows Server", "2022", Server))),
            ("10.0.17763", Some(("Windows", "", Unknown))),
            ("6.1.7601", Some(("Windows", "", Unknown))),
            ("6.1.0", None),
            ("10.0", None),
        ] {
            assert_eq!(built(version).map(|release| (release.os, release.version, release.kind)), expected, "{version}");
        }
    }
}
