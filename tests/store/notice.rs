//! Notices, letters on their way and webhooks, on both engines.
//!
//! Comes in: accounts and notices by hand. Goes out: pass. Absent on purpose: who hears of what (the core's own tests), sending (`mail`).

use super::{NOW, on_both, read, write};
use rollcall_collector::domain::notice::{Choice, Matter};
use rollcall_collector::store::account::{self, Role};
use rollcall_collector::store::delivery::{self, Delivery};
use rollcall_collector::store::notice::{self, Hearing, Kept};
use rollcall_collector::store::retention::{self, Keep};
use rollcall_collector::store::webhook::{self, Webhook};
use std::collections::{BTreeMap, BTreeSet};

fn kept(account: i64, webhook: i64, subject: &str, pace: &str, due_s: i64) -> Kept {
    Kept {
        account,
        webhook,
        subject: subject.into(),
        fault: 1,
        topic: "fault_opened".into(),
        matter: Matter::New,
        pace: pace.into(),
        at: NOW,
        by: String::new(),
        said: String::new(),
        due_at: NOW + due_s,
    }
}

#[test]
fn an_account_says_how_it_is_told() {
    on_both(|db| {
        let id = write(db, |tx| account::add(tx, "anne", Role::Technician, "", NOW));
        assert_eq!(read(db, move |tx| notice::hearing(tx, id)), Hearing::default());
        assert!(read(db, notice::listeners).is_empty());
        let hearing = Hearing { email: "anne@ville.example".into(), zone: "Indian/Reunion".into(), quiet: "none".into(), urgent_at_night: true };
        let wanted = hearing.clone();
        write(db, move |tx| notice::set_hours(tx, id, &wanted));
        write(db, move |tx| notice::set_email(tx, id, "anne@ville.example"));
        for choice in [Choice::Never, Choice::Weekly] {
            write(db, move |tx| notice::set_choice(tx, id, Matter::New, choice));
        }
        assert_eq!(read(db, move |tx| notice::choices(tx, id)), BTreeMap::from([(Matter::New, Choice::Weekly)]));
        assert_eq!(
            read(db, notice::listeners).into_iter().map(|(account, hearing)| (account.login, hearing)).collect::<Vec<_>>(),
            [("anne".to_owned(), hearing)]
        );
        assert_eq!(read(db, |tx| notice::asked_by_name(tx, "anne", "anne")).len(), 1);
        assert!(read(db, |tx| notice::asked_by_name(tx, "anna", "anne")).is_empty());
        write(db, move |tx| account::disable(tx, id, NOW));
        assert!(read(db, notice::listeners).is_empty() && read(db, move |tx| notice::recipient(tx, id)).is_none());
        assert!(read(db, |tx| notice::asked_by_name(tx, "anne", "anne")).is_empty());
    });
}

#[test]
fn what_is_due_becomes_one_letter_that_one_collector_has() {
    on_both(|db| {
        for (subject, pace, due_s) in [("a", "at_once", 100), ("b", "at_once", 150), ("c", "digest", 90), ("d", "digest", 5_000), ("a", "weekly", 0)]
        {
            write(db, move |tx| notice::add(tx, &kept(1, 0, subject, pace, due_s)));
        }
        assert!(read(db, |tx| notice::due_by_mail(tx, NOW + 80, 10)).is_empty());
        assert_eq!(read(db, |tx| notice::due_by_mail(tx, NOW + 95, 10)), [(1, false, true)]);
        assert_eq!(read(db, |tx| notice::due_by_mail(tx, NOW + 120, 10)), [(1, true, true)]);
        let letter = Delivery { id: 7, account: 1, webhook: 0, sort: "notices".into(), made_at: NOW + 120, attempts: 0 };
        let made = letter.clone();
        assert_eq!(write(db, |tx| notice::gather(tx, 1, true, 7, NOW + 120)), 3, "what is due, and all that is urgent");
        write(db, move |tx| delivery::add(tx, &made));
        assert_eq!(read(db, |tx| notice::told_by(tx, 7)).iter().map(|kept| kept.subject.clone()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(read(db, |tx| notice::waiting(tx, 1)), (1, Some(NOW + 5_000)));
        assert!(read(db, |tx| delivery::any_open(tx, true, NOW + 120)) && !read(db, |tx| delivery::any_open(tx, true, NOW + 119)));
        let claim = |at_s: i64| write(db, move |tx| delivery::claim(tx, false, NOW + at_s, NOW + at_s + 900, 10));
        assert!(write(db, |tx| delivery::claim(tx, true, NOW + 200, NOW + 900, 10)).is_empty(), "it is no call of a webhook");
        assert_eq!(claim(200), [Delivery { attempts: 1, ..letter.clone() }]);
        assert!(claim(300).is_empty(), "somebody has it");
        assert_eq!(claim(1_100)[0].attempts, 2, "who had it died");
        write(db, |tx| delivery::failed(tx, 7, "no answer", Some(NOW + 2_000), NOW + 1_100));
        assert!(claim(1_999).is_empty());
        assert_eq!(read(db, |tx| delivery::count_since(tx, 1, NOW)), 1);
        assert_eq!(claim(2_000)[0].attempts, 3);
        write(db, |tx| delivery::sent(tx, 7, NOW + 2_001));
        assert!(claim(10_000).is_empty());
        assert_eq!(read(db, |tx| delivery::figures(tx, NOW)), (1, 0));
        let keep = Keep { re_reading_s: 10, ..Keep::default() };
        write(db, move |tx| retention::delete_of_town(tx, &keep, NOW + 20_000));
        assert_eq!(read(db, |tx| delivery::figures(tx, NOW)), (0, 0));
    });
}

#[test]
fn a_dead_program_holds_back_its_own_calls_alone() {
    on_both(|db| {
        let id = write(db, |tx| account::add(tx, "paul", Role::Contractor, "", NOW));
        let hook = Webhook {
            id: 0,
            account: id,
            url: "https://gmao.example/".into(),
            salt: "s".into(),
            matters: BTreeSet::from([Matter::Word]),
            made_at: NOW,
        };
        let wanted = hook.clone();
        let (one, two) = (
            write(db, {
                let hook = hook.clone();
                move |tx| webhook::add(tx, &hook)
            }),
            write(db, move |tx| webhook::add(tx, &wanted)),
        );
        assert_eq!(read(db, move |tx| webhook::one(tx, one)), Some(Webhook { id: one, ..hook }));
        for (delivery, webhook) in [(1, one), (2, one), (3, two)] {
            let made = Delivery { id: delivery, account: id, webhook, sort: "notices".into(), made_at: NOW, attempts: 0 };
            write(db, move |tx| notice::add(tx, &kept(id, webhook, &format!("s{delivery}"), "at_once", 0)));
            write(db, move |tx| delivery::add(tx, &made));
        }
        let due = read(db, |tx| notice::due_by_webhook(tx, NOW, 10));
        assert_eq!(due.iter().map(|(_, account, webhook)| (*account, *webhook)).collect::<Vec<_>>(), [(id, one), (id, one), (id, two)]);
        let first = due[0].0;
        assert!(write(db, move |tx| notice::give(tx, first, 1)) && !write(db, move |tx| notice::give(tx, first, 2)));
        write(db, move |tx| delivery::hold_back(tx, one, NOW + 500));
        let ids = |all: Vec<Delivery>| all.into_iter().map(|delivery| delivery.id).collect::<Vec<_>>();
        assert_eq!(ids(write(db, |tx| delivery::claim(tx, true, NOW + 10, NOW + 900, 10))), [3]);
        write(db, |tx| delivery::failed(tx, 3, "answered 500", None, NOW + 11));
        let trouble = read(db, |tx| delivery::in_trouble(tx, NOW, 10)).remove(0);
        assert_eq!((trouble.login.as_str(), trouble.to.as_str(), trouble.given_up_at), ("paul", "https://gmao.example/", Some(NOW + 11)));
        assert_eq!(write(db, move |tx| webhook::drop_one(tx, id + 1, one)), None, "somebody else's");
        assert_eq!(write(db, move |tx| webhook::drop_one(tx, id, one)).as_deref(), Some("https://gmao.example/"));
        assert!(write(db, |tx| delivery::claim(tx, true, NOW + 5_000, NOW + 9_000, 10)).is_empty());
    });
}
