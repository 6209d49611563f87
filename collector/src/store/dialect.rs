//! One SQL text, two engines: what differs in spelling is translated here, word by word.
//!
//! Comes in: SQL as it stands in the functions of this folder (`$1`, `$2`) and in migrations (`text`, `bigint`, `boolean`,
//! `double precision`, `bytes`). Goes out: the text for one engine. Quoted text and comments are left alone, but for the
//! marker comments `/* strict */` and `/* strict, without rowid */` after a table, which SQLite reads as words, and
//! `/* postgres: … */`, which is a statement for the server alone. Absent on purpose: any understanding of SQL beyond its
//! words, and differences of meaning (texts are written so that there are none).

/// The two spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A query for SQLite: `$2` becomes `?2`, for SQLite numbers `$2 … $1` by first appearance and would bind them swapped. The texts of a JSON array, as
/// rows with the column `value`, have another name there.
pub(super) fn query_for_sqlite(sql: &str) -> String {
    let word = |token: &str| match token {
        "json_array_elements_text" => "json_each".to_owned(),
        parameter if parameter.starts_with('$') => parameter.replacen('$', "?", 1),
        token => token.to_owned(),
    };
    tokens(sql).map(word).collect()
}

/// A migration for one engine: column types in its words, markers of SQLite tables opened.
///
/// PostgreSQL compares and sorts text by its bytes (`collate "C"`), as SQLite does: an order is the same on both, and a
/// page by key never loses a row to a collation.
pub(super) fn migration(sql: &str, dialect: Dialect) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut words = tokens(sql).peekable();
    while let Some(token) = words.next() {
        if let (Dialect::Postgres, Some(own)) = (dialect, token.strip_prefix("/* postgres: ").and_then(|own| own.strip_suffix("*/"))) {
            text.push_str(own);
            continue;
        }
        match (dialect, token) {
            (Dialect::Sqlite, "bigint" | "boolean") => text.push_str("integer"),
            (Dialect::Sqlite, "bytes") => text.push_str("blob"),
            (Dialect::Sqlite, "double") => {
                words.next_if_eq(&" ");
                words.next_if_eq(&"precision");
                text.push_str("real");
            }
            (Dialect::Sqlite, "/* strict */") => text.push_str("strict"),
            (Dialect::Sqlite, "/* strict, without rowid */") => text.push_str("strict, without rowid"),
            (Dialect::Postgres, "bytes") => text.push_str("bytea"),
            (Dialect::Postgres, "text") => text.push_str("text collate \"C\""),
            _ => text.push_str(token),
        }
    }
    text
}

/// Cuts a text into words, parameters, quoted texts, comments, and single other characters; together they are the text.
fn tokens(sql: &str) -> impl Iterator<Item = &str> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = match first {
            '\'' | '"' => quoted(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' => 1 + run(&rest[1..], |c| c.is_ascii_digit()),
            c if is_word(c) => run(rest, is_word),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}

/// Length of a quoted text; a doubled quotation mark inside reads as two texts side by side, which is as good.
fn quoted(text: &str, mark: char) -> usize {
    text[1..].find(mark).map_or(text.len(), |end| end + 2)
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_for_sqlite() {
        for (sql, expected) in [
            ("select $2, $1 from t where a = $10", "select ?2, ?1 from t where a = ?10"),
            ("select '$1', \"$2\" -- $3\nfrom t /* $4 */ where b = $5", "select '$1', \"$2\" -- $3\nfrom t /* $4 */ where b = ?5"),
            ("select 'it''s $1' || $1", "select 'it''s $1' || ?1"),
            ("select 'open $1", "select 'open $1"),
            ("select value from json_array_elements_text(json($1))", "select value from json_each(json(?1))"),
            ("", ""),
        ] {
            assert_eq!(query_for_sqlite(sql), expected);
        }
    }

    #[test]
    fn migrations_speak_each_engine() {
        let sql = "create table t (\n  a bigint not null, -- bigint of bytes\n  b bytes, c double precision, d boolean, e text\n) /* strict, without rowid */;";
        let sqlite = "create table t (\n  a integer not null, -- bigint of bytes\n  b blob, c real, d integer, e text\n) strict, without rowid;";
        let postgres = "create table t (\n  a bigint not null, -- bigint of bytes\n  b bytea, c double precision, d boolean, e text collate \"C\"\n) /* strict, without rowid */;";
        assert_eq!(migration(sql, Dialect::Sqlite), sqlite);
        assert_eq!(migration(sql, Dialect::Postgres), postgres);
    }

    #[test]
    fn what_is_for_the_server_alone_is_a_comment_elsewhere() {
        let sql = "/* postgres: alter table t set (fillfactor = 85); */\nselect 1;";
        assert_eq!(migration(sql, Dialect::Sqlite), sql);
        assert_eq!(migration(sql, Dialect::Postgres), "alter table t set (fillfactor = 85); \nselect 1;");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_and_joined_again(text in ".{0,80}") {
            proptest::prop_assert_eq!(tokens(&text).collect::<String>(), text);
        }
    }
}
