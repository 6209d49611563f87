//! Accounts, sessions, links, the trail, messages.

use super::*;

#[test]
fn an_account_signs_in_and_out_and_can_be_disabled() {
    on_both(|db| {
        let id = write(db, |tx| account::add(tx, "anne", Role::Admin, "hash", NOW));
        assert_eq!(write(db, |tx| account::add(tx, "anne", Role::Technician, "other", NOW)), id, "a login is one account");
        assert_eq!(write(db, |tx| account::add_new(tx, "anne", "Anne", Role::Admin, "x", false, NOW)), None);
        let known = read(db, |tx| account::by_login(tx, "anne")).unwrap();
        assert_eq!((known.role, known.password_hash.as_str()), (Role::Technician, "other"));
        write(db, move |tx| account::open_session(tx, b"token", id, NOW, NOW + 100, "form"));
        write(db, |tx| account::touch_session(tx, b"token", NOW + 50));
        assert_eq!(read(db, |tx| account::session(tx, b"token", NOW + 99)).unwrap().seen_at, NOW + 50);
        assert!(read(db, |tx| account::session(tx, b"token", NOW + 100)).is_none(), "it is over");
        write(db, move |tx| account::disable(tx, id, NOW));
        assert!(read(db, |tx| account::session(tx, b"token", NOW + 99)).is_none());
        assert_eq!((read(db, account::count), read(db, |tx| account::accounts(tx, "", 10)).len()), (1, 1));
    });
}

#[test]
fn a_link_works_once_and_the_trail_tells_who_did_what() {
    on_both(|db| {
        write(db, |tx| account::add_link(tx, b"link", "first_admin", None, NOW + 10));
        assert!(!read(db, |tx| account::link_is_open(tx, b"link", "set_password", NOW)));
        assert!(read(db, |tx| account::link_is_open(tx, b"link", "first_admin", NOW)));
        assert!(write(db, |tx| account::use_link(tx, b"link", "first_admin", NOW + 1)));
        assert!(!write(db, |tx| account::use_link(tx, b"link", "first_admin", NOW + 2)));
        for who in ["anne", "console"] {
            let line = AuditLine { at: NOW, who: who.into(), what: "agent.revoke".into(), subject: "1".into(), was: "".into(), becomes: "".into() };
            write(db, move |tx| account::audit(tx, &line));
        }
        let lines = read(db, |tx| account::audit_lines(tx, i64::MAX, 10));
        assert_eq!(lines.iter().map(|(_, line)| line.who.as_str()).collect::<Vec<_>>(), ["console", "anne"]);
        write(db, store::probe);
    });
}

#[test]
fn a_message_is_queued_once_and_sent_once() {
    on_both(|db| {
        let message = Message { id: 0, at: NOW, school: None, topic: "fault".into(), key: "f1".into(), body: "{}".into() };
        for expected in [true, false] {
            let message = message.clone();
            assert_eq!(write(db, move |tx| outbox::add(tx, &message)), expected);
        }
        let waiting = read(db, |tx| outbox::waiting(tx, 10));
        assert_eq!(waiting.len(), 1);
        let id = waiting[0].id;
        write(db, move |tx| outbox::mark_sent(tx, id, NOW));
        assert!(read(db, |tx| outbox::waiting(tx, 10)).is_empty());
    });
}
