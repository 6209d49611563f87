//! The nearest of known words to one that is not known: what a note suggests.
//!
//! Comes in: a word and candidates. Goes out: the candidate a slip of the hand away, if any. Absent on purpose: guessing on; a
//! suggestion is only ever shown.

use crate::domain::folded::fold;

/// Longest word that is compared, in characters: beyond it, nobody mistypes a name.
const LONGEST: usize = 60;

/// The candidate nearest to `word`, if no more than a third of its letters differ: a code of two letters is near to none but itself.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded: Vec<char> = fold(word).chars().take(LONGEST + 1).collect();
    if folded.is_empty() || folded.len() > LONGEST {
        return None;
    }
    let most = folded.len() / 3;
    candidates
        .map(|candidate| (distance(&folded, &fold(candidate).chars().take(LONGEST).collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Letters to change, add, drop or swap with the next (optimal string alignment).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=one.len() {
        for j in 1..=other.len() {
            let change = usize::from(one[i - 1] != other[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand_are_near() {
        let words = ["school", "name", "kind", "followed_from", "uai"];
        for (word, expected) in [
            ("shcool", Some("school")),
            ("schol", Some("school")),
            ("knd", Some("kind")),
            ("kidn", Some("kind")),
            ("folowed from", Some("followed_from")),
            ("weight", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words.into_iter()), expected, "{word}");
        }
    }

    #[test]
    fn what_is_longer_than_any_name_is_near_to_none() {
        let (long, longer) = ("s".repeat(LONGEST), "s".repeat(LONGEST + 1));
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), Some(long.as_str()));
        assert_eq!(nearest(&longer, [long.as_str()].into_iter()), None);
    }
}
