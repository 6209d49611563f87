//! Agents, codes, pictures, what was set aside.

use super::*;

#[test]
fn an_agent_enrols_once_with_a_code_and_can_be_revoked() {
    on_both(|db| {
        let later = NOW + 3600;
        write(db, move |tx| report::make_code(tx, b"hash", &["school".into()], "admin", NOW, later));
        let agent = enrolled(db);
        assert!(write(db, move |tx| report::take_code(tx, b"hash", agent, NOW + 1)));
        assert!(!write(db, move |tx| report::take_code(tx, b"hash", agent, NOW + 2)), "a code works once");
        let code = read(db, |tx| report::code(tx, b"hash")).unwrap();
        assert_eq!((code.networks, code.agent, code.used_at), (vec!["school".to_owned()], Some(agent), Some(NOW + 1)));
        assert_eq!(read(db, |tx| report::agent_by_key(tx, &[7; 32])).unwrap().id, agent);
        assert_eq!(read(db, |tx| report::agents_of_network(tx, "school")), [agent]);
        assert!(write(db, move |tx| report::revoke_agent(tx, agent, NOW + 5)));
        assert_eq!(read(db, |tx| report::agent_by_id(tx, agent)).unwrap().revoked_at, Some(NOW + 5));
        assert!(read(db, |tx| report::agents_of_network(tx, "school")).is_empty());
    });
}

#[test]
fn a_picture_is_put_together_from_its_base_and_its_differences() {
    on_both(|db| {
        let agent = enrolled(db);
        let (first, second, third) = (picture(&["a"]), picture(&["a", "b"]), picture(&["x"]));
        record(db, agent, report_of(1, Content::Full(first.to_groups()), &first), true);
        record(db, agent, report_of(2, Content::Difference { from: first.hash(), change: first.difference_to(&second) }, &second), true);
        record(db, agent, report_of(3, Content::Heartbeat, &second), true);
        record(db, agent, report_of(4, Content::Difference { from: second.hash(), change: second.difference_to(&third) }, &third), true);
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert_eq!(known.position.stream, Some(StreamId(u64::MAX - 1)));
        assert_eq!((known.chain_count, known.round_count, known.skew_s), (2, 4, -3));
        assert_eq!(read(db, |tx| report::load_picture(tx, &known)), Some(third.clone()));
        let whole = third.clone();
        write(db, move |tx| {
            let known = report::agent_by_id(tx, agent)?.unwrap();
            report::rebase_picture(tx, &known, &whole)
        });
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert_eq!((known.chain_count, read(db, |tx| report::load_picture(tx, &known))), (0, Some(third.clone())));
        record(db, agent, report_of(6, Content::Difference { from: first.hash(), change: Default::default() }, &first), false);
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert!(known.want_full);
        assert_eq!(read(db, |tx| report::load_picture(tx, &known)), None, "a difference that rests on nothing leaves no picture");
        let streams = read(db, |tx| report::streams(tx, &known));
        assert_eq!(streams.iter().map(|stream| stream.number).collect::<Vec<_>>(), [6]);
    });
}

#[test]
fn what_is_set_aside_is_bounded() {
    on_both(|db| {
        for second in 0..60 {
            write(db, move |tx| report::set_aside(tx, AgentId(1), NOW + second, "no zstd", &[1; 100_000]));
        }
        let kept = read(db, |tx| {
            let mut row = tx.query_one("select count(*), max(body_bytes), min(at) from set_aside", &[])?.unwrap();
            Ok((row.take::<i64>()?, row.take::<i64>()?, row.take::<i64>()?))
        });
        assert_eq!(kept, (50, 100_000, NOW.0 + 10));
    });
}
