//! What a merge promises, over random tables, and the situations of the field.

use super::*;
use crate::domain::plan::diff::diff;
use crate::domain::plan::read_tables;
use proptest::prelude::*;

fn rooms(text: &str) -> Tables {
    read_tables([("rooms.csv", text)]).0
}

fn check(base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]) {
    let merged = merge(&rooms(base), &rooms(ours), &rooms(theirs), &Picks::default());
    assert_eq!(merged.tables.get("rooms"), rooms(expected).get("rooms"));
    let show = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
    let told = merged.open.iter().map(|conflict| {
        format!(
            "{} {}: {} | {} | {}",
            conflict.at.key.join("/"),
            conflict.at.column,
            show(&conflict.base),
            show(&conflict.ours),
            show(&conflict.theirs)
        )
    });
    assert_eq!(told.collect::<Vec<_>>(), conflicts);
}

const BASE: &str = "school,room,kind,level\na,1,class,cp\na,2,class,\na,3,class,\n";

#[test]
fn both_changed_other_cells_and_rows() {
    check(
        BASE,
        "school,room,kind,level\na,1,class,ce1\na,2,class,\na,9,library,\na,3,class,\n",
        "school,room,kind,level\na,1,library,cp\na,3,class,cm2\n",
        "school,room,kind,level\na,1,library,ce1\na,9,library,\na,3,class,cm2\n",
        &[],
    );
}

#[test]
fn one_cell_changed_differently_keeps_what_is_there_until_somebody_picks() {
    let ours = "school,room,kind,level\na,1,class,ce1\na,2,class,\na,3,class,\n";
    let theirs = "school,room,kind,level\na,1,class,cm1\na,2,class,\na,3,class,\n";
    check(BASE, ours, theirs, ours, &["a/1 level: cp | ce1 | cm1"]);
    let picked = merge(&rooms(BASE), &rooms(ours), &rooms(theirs), &Picks::all(Pick::Theirs));
    assert_eq!((picked.tables, picked.open.len(), picked.settled.len()), (rooms(theirs), 0, 1));
    let spot = Spot { table: "rooms", key: vec!["a".into(), "1".into()], column: "level".into() };
    let picks = Picks { all: Some(Pick::Ours), each: BTreeMap::from([(spot, Pick::Theirs)]) };
    assert_eq!(merge(&rooms(BASE), &rooms(ours), &rooms(theirs), &picks).tables, rooms(theirs));
}

#[test]
fn a_row_taken_out_here_and_changed_there_is_for_a_person() {
    let (without, changed) = ("school,room,kind,level\na,2,class,\na,3,class,\n", "school,room,kind,level\na,1,library,cp\na,2,class,\na,3,class,\n");
    check(BASE, without, changed, without, &["a/1 : kind class | - | kind library"]);
    check(BASE, changed, without, changed, &["a/1 : kind class | kind library | -"]);
    let kept = merge(&rooms(BASE), &rooms(without), &rooms(changed), &Picks::all(Pick::Theirs));
    assert!(diff(&kept.tables, &rooms(changed)).is_empty());
}

#[test]
fn a_table_or_column_that_is_not_brought_is_as_it_was() {
    let ours = "school,room,kind,level\na,1,class,ce1\na,2,class,\na,3,class,\n";
    check(BASE, ours, "school,room,kind\na,1,library\na,2,class\n", "school,room,kind,level\na,1,library,ce1\na,2,class,\n", &[]);
    let untouched = merge(&rooms(BASE), &rooms(ours), &Tables::default(), &Picks::default());
    assert_eq!(untouched.tables, rooms(ours));
    // Headings without rows take the rows out.
    check(BASE, BASE, "school,room,kind,level\n", "school,room,kind,level\n", &[]);
}

#[test]
fn both_brought_a_new_row_of_the_same_name() {
    check(
        "school,room,kind,level\n",
        "school,room,kind,level\na,1,class,\n",
        "school,room,kind,level\na,1,library,cp\n",
        "school,room,kind,level\na,1,class,cp\n",
        &["a/1 kind: - | class | library"],
    );
}

#[test]
fn a_side_that_is_everything_speaks_of_everything() {
    let base = read_tables([("rooms.csv", BASE), ("lots.csv", "lot,name\n1,x\n")]).0;
    let ours = rooms("school,room,kind\na,1,class\na,2,class\na,3,class\n");
    let whole = spoken_out(&ours, &base);
    let merged = merge(&base, &whole, &base, &Picks::default());
    assert!(diff(&merged.tables, &ours).is_empty(), "{:?}", diff(&merged.tables, &ours));
}

/// Tables of a few rows over few values, so that sides meet often: rows are (key, cells).
fn tables() -> impl Strategy<Value = Tables> {
    let row = (0..6usize, prop::collection::vec(0..3usize, 3));
    prop::collection::vec(row, 0..7).prop_map(|rows| {
        let mut text = "school,room,level,was,note\n".to_owned();
        let mut seen = HashSet::new();
        for (key, cells) in rows.into_iter().filter(|(key, _)| seen.insert(*key)) {
            let level = ["", "cp", "ce1"][cells[0]];
            let free = |at: usize| ["", "x", "y"][cells[at]];
            text.push_str(&format!("a,{key},{level},{},{}\n", free(1), free(2)));
        }
        rooms(&text)
    })
}

fn other_side(conflict: &Conflict) -> (Spot, Option<String>, Option<String>, Option<String>) {
    (conflict.at.clone(), conflict.base.clone(), conflict.theirs.clone(), conflict.ours.clone())
}

proptest! {
    #[test]
    fn nobodys_change_alone_is_a_conflict(base in tables(), side in tables()) {
        for (ours, theirs) in [(&side, &base), (&base, &side), (&side, &side)] {
            let merged = merge(&base, ours, theirs, &Picks::default());
            prop_assert_eq!(&merged.open, &vec![]);
            prop_assert_eq!(&merged.tables, &side);
        }
    }

    #[test]
    fn sides_exchanged_give_the_same_seen_from_the_other_side(base in tables(), a in tables(), b in tables()) {
        let (there, back) = (merge(&base, &a, &b, &Picks::all(Pick::Ours)), merge(&base, &b, &a, &Picks::all(Pick::Theirs)));
        prop_assert_eq!(diff(&there.tables, &back.tables), vec![]);
        let (open, mirrored) = (merge(&base, &a, &b, &Picks::default()).open, merge(&base, &b, &a, &Picks::default()).open);
        let mut open: Vec<_> = open.into_iter().map(|conflict| (conflict.at, conflict.base, conflict.ours, conflict.theirs)).collect();
        let mut mirrored: Vec<_> = mirrored.iter().map(other_side).collect();
        open.sort();
        mirrored.sort();
        prop_assert_eq!(open, mirrored);
    }

    /// Every cell of the outcome is one that somebody wrote, and without a conflict nothing of either side is lost.
    #[test]
    fn nothing_is_made_up_and_nothing_lost(base in tables(), a in tables(), b in tables()) {
        let merged = merge(&base, &a, &b, &Picks::default());
        let again = merge(&base, &merged.tables, &b, &Picks::default());
        if merged.open.is_empty() {
            prop_assert_eq!(diff(&again.tables, &merged.tables), vec![]);
            prop_assert!(again.open.is_empty());
        }
        let keys = |tables: &Tables| tables.get("rooms").map(|table| table.rows.iter().map(|row| table.key(row).join("/")).collect::<HashSet<_>>()).unwrap_or_default();
        let (base, a, b, all) = (keys(&base), keys(&a), keys(&b), keys(&merged.tables));
        prop_assert!(all.is_subset(&a.union(&b).cloned().collect()));
        prop_assert!(a.intersection(&b).all(|key| all.contains(key)));
        prop_assert!(a.union(&b).filter(|key| !base.contains(*key)).all(|key| all.contains(key)));
    }
}

#[test]
fn notes_about_what_was_merged_speak_of_their_file_s_own_headings() {
    let theirs = rooms("école,salle,kind\na,1,library\n");
    let merged = merge(&rooms(BASE), &rooms(BASE), &theirs, &Picks::default());
    let table = merged.tables.get("rooms").unwrap();
    // The column that they do not bring is called as the schema calls it.
    assert_eq!(["school", "room", "kind", "level"].map(|column| table.written(column)), [Some("école"), Some("salle"), Some("kind"), Some("level")]);
}
