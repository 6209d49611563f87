//! Where a set of tables came from: which version of which programme, out of which installation, exported when.
//!
//! Comes in: what an exporter knows, or the rows of a sheet or file named `_rollcall`. Goes out: the same the other way round. With
//! it an edited export can be merged with what happened since; without it tables are simply what somebody brings. Absent on
//! purpose: trust. An origin only says against what to merge, and what changed on both sides is shown in any case.

use rollcall_shared::Timestamp;

/// The name of the sheet, and of the file in a folder (`_rollcall.csv`).
pub const NAME: &str = "_rollcall";

/// Where tables came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The installation's random name.
    pub installation: String,
    /// The programme's code.
    pub programme: String,
    /// The version of the plan.
    pub version: i64,
    /// How many changes the register had had.
    pub register: i64,
    /// When it was exported.
    pub exported_at: Timestamp,
}

/// Its headings.
pub const HEADINGS: [&str; 2] = ["key", "value"];

impl Origin {
    /// Its rows: a name and a value each.
    pub fn rows(&self) -> [(&'static str, String); 5] {
        [
            ("installation", self.installation.clone()),
            ("programme", self.programme.clone()),
            ("version", self.version.to_string()),
            ("register", self.register.to_string()),
            ("exported_at", self.exported_at.to_string()),
        ]
    }

    /// From rows, headings among them or not; `None` where the version is not said.
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Origin> {
        let mut origin = Origin { version: -1, ..Origin::default() };
        for (key, value) in rows {
            match key.trim() {
                "installation" => origin.installation = value.trim().to_owned(),
                "programme" => origin.programme = value.trim().to_owned(),
                "version" => origin.version = value.trim().parse().ok()?,
                "register" => origin.register = value.trim().parse().ok()?,
                "exported_at" => origin.exported_at = value.trim().parse::<jiff::Timestamp>().map_or(Timestamp(0), |at| Timestamp(at.as_second())),
                _ => {}
            }
        }
        (origin.version >= 0 && !origin.installation.is_empty()).then_some(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_comes_back_from_its_rows() {
        let origin = Origin { installation: "a1".into(), programme: "town".into(), version: 3, register: 41, exported_at: Timestamp(1_790_000_000) };
        let rows = origin.rows();
        let rows = std::iter::once(("key", "value")).chain(rows.iter().map(|(key, value)| (*key, value.as_str())));
        assert_eq!(Origin::from_rows(rows), Some(origin));
        assert_eq!(Origin::from_rows([("version", "x")]), None);
        assert_eq!(Origin::from_rows([("version", "3")]), None);
        assert_eq!(Origin::from_rows([("installation", "a1"), ("register", "4")]), None, "against what to merge is not said");
        let first = Origin::from_rows([(" installation ", " a1 "), ("version", " 0 "), ("exported_at", "soon")]).unwrap();
        assert_eq!((first.installation.as_str(), first.version, first.exported_at), ("a1", 0, Timestamp(0)));
    }
}
