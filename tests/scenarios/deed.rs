//! What happens, in sentences: in the schools, and in the town's offices.
//!
//! Comes in: the words of a line. Goes out: what to do to the world. Absent on purpose: what the collector makes of it.

use super::expect::{device, named, the_fault};
use super::run::{Run, plainly};
use super::script::{declared, plug};
use super::sentence::{Act, Import, Sentence, Words};
use super::who::Known;
use jiff::civil::DateTime;
use rollcall_collector::domain::fault::{Action, Cause, Hand};
use rollcall_collector::store::view::fault::FaultRow;
use rollcall_shared::Timestamp;
use rollcall_tests::world::played::Played;
use rollcall_tests::world::thing::{Ail, Thing};

const fn sentence(pattern: &'static str, make: fn(&Words<'_>, &mut Known) -> Result<Act, String>) -> Sentence {
    Sentence { pattern, make }
}

/// Every deed.
pub const SENTENCES: &[Sentence] = &[
    sentence("{qui} (s'éteint|s'éteignent)", |words, known| each(words, known, |thing| thing.on = false)),
    sentence("{qui} (s'allume|s'allument)", |words, known| each(words, known, |thing| thing.on = true)),
    sentence("{qui} (ne répond|ne répondent) plus", |words, known| each(words, known, |thing| thing.broken = true)),
    sentence("{qui} (répond|répondent) de nouveau", |words, known| each(words, known, |thing| thing.broken = false)),
    sentence("{qui} signale : {signe}", |words, known| signals(words, known, true)),
    sentence("{qui} ne signale plus : {signe}", |words, known| signals(words, known, false)),
    sentence("le toner de {qui} est à {n} %", |words, known| {
        let level: u32 = words.number("n")?;
        each(words, known, move |thing| thing.toner = level)
    }),
    sentence("le disque de {qui} est plein à {n} %", |words, known| {
        let level: u32 = words.number("n")?;
        each(words, known, move |thing| thing.disk = level)
    }),
    sentence("la lampe de {qui} a {n} heures", |words, known| {
        let hours: u32 = words.number("n")?;
        each(words, known, move |thing| thing.lamp_hours = hours)
    }),
    sentence("{qui} (est branché|est branchée|sont branchés|sont branchées) sur le port {port}", |words, known| {
        let plug = plug(&words.get("port"), known)?;
        each(words, known, move |thing| thing.plug = Some(plug.clone()))
    }),
    sentence("{qui} (prend|prennent) le Wi-Fi de {borne}", |words, known| {
        let radio = known.one(&words.get("borne"))?;
        each(words, known, move |thing| thing.plug = Some(rollcall_tests::world::thing::Plug { to: radio.clone(), port: 0 }))
    }),
    sentence("{qui} prend l'adresse de {autre}", |words, known| {
        let other = known.one(&words.get("autre"))?;
        let names = known.who(&words.get("qui"))?;
        Act::of(move |run| {
            let ip = run.world.things.get(&other).ok_or("il n'est pas là")?.ip;
            names.iter().try_for_each(|name| run.world.change(name, |thing| thing.ip = ip)).map_err(plainly)
        })
    }),
    sentence("{qui} (invente|inventent) son adresse Wi-Fi", |words, known| each(words, known, |thing| thing.private = true)),
    sentence("{qui} (montre|montrent) sa vraie adresse Wi-Fi", |words, known| each(words, known, |thing| thing.private = false)),
    sentence("{qui} (disparaît|disparaissent)", |words, known| {
        let names = known.who(&words.get("qui"))?;
        Act::of(move |run| names.iter().try_for_each(|name| run.world.carry(name, None)).map_err(plainly))
    }),
    sentence("on pose à {école} : {chose}", poses),
    sentence("le courant est coupé à {école}", |words, _| power(words, false)),
    sentence("le courant revient à {école}", |words, _| power(words, true)),
    sentence("la ligne de {école} est coupée", |words, _| agent(words, |agent, _| agent.line_up = false)),
    sentence("la ligne de {école} est rétablie", |words, _| agent(words, |agent, _| agent.line_up = true)),
    sentence("l'agent de {école} s'arrête", |words, _| agent(words, |agent, _| agent.running = false)),
    sentence("l'agent de {école} repart", |words, _| agent(words, |agent, _| agent.running = true)),
    sentence("on sauvegarde le serveur de {école}", |words, _| agent(words, |agent, _| agent.back_up())),
    sentence("on restaure le serveur de {école}", |words, _| agent(words, |agent, _| assert!(agent.restore(), "a backup was made before"))),
    sentence("le serveur de {école} est cloné à {autre}", clones),
    sentence("le clone du serveur de {école} s'arrête", |words, _| {
        let school = words.get("école");
        Act::of(move |run| {
            let id = played(run, &school)?.id;
            let clone = run.world.agents.iter_mut().rfind(|agent| agent.id == id).expect("the original is one");
            clone.running = false;
            Ok(())
        })
    }),
    sentence("l'horloge du serveur de {école} (avance|retarde) de {durée}", skews),
    sentence("l'horloge du serveur de {école} est remise à l'heure", |words, _| agent(words, |agent, _| agent.skew_s = 0)),
    sentence("{n} téléphones (passe|passent) à {école}", |words, _| {
        let (school, count) = (words.get("école"), words.number("n")?);
        Act::of(move |run| {
            run.world.site(&school).map_err(plainly)?.visitors = count;
            run.world.touch(&school);
            Ok(())
        })
    }),
    sentence("on importe le plan[, signé {auteur}]", |words, _| Ok(Act::Import(Import { author: words.get("auteur"), ..Import::default() }))),
    sentence("on exporte le plan", |_, _| Act::of(Run::export)),
    sentence("on réimporte l'export[, signé {auteur}]", |words, _| {
        Ok(Act::Import(Import { author: words.get("auteur"), exported: true, ..Import::default() }))
    }),
    sentence("on réunit les fiches de {qui} et de {autre}", |words, known| {
        let (kept, other) = (known.one(&words.get("qui"))?, known.one(&words.get("autre"))?);
        Act::of(move |run| {
            let (kept, other) = (device(run, &kept)?.id, device(run, &other)?.id);
            run.world.merge(kept, other).map_err(plainly)
        })
    }),
    sentence("on défait la dernière réunion", |_, _| Act::of(|run| run.world.undo_merge().map_err(plainly))),
    sentence("on retient la panne {panne} à {école}", |words, known| {
        on_fault(words, known, |run, fault| {
            run.faults.insert(fault.code.clone(), fault.id);
            Ok(())
        })
    }),
    sentence("la ville prend note de la panne {panne} à {école}", |words, known| acts(words, known, Hand::Town, Action::Acknowledge)),
    sentence("la ville confie la panne {panne} à {école} au lot {lot}", |words, known| {
        let action = Action::Assign { lot: words.get("lot"), contractor: String::new() };
        acts(words, known, Hand::Town, action)
    }),
    sentence("le prestataire commence la panne {panne} à {école}", |words, known| acts(words, known, Hand::Contractor, Action::Start)),
    sentence("le prestataire suspend la panne {panne} à {école}, {cause}[, jusqu'au {date}]", suspends),
    sentence("le prestataire dit réparée la panne {panne} à {école}", |words, known| acts(words, known, Hand::Contractor, Action::Claim)),
    sentence("la ville confirme réparée la panne {panne} à {école}", |words, known| acts(words, known, Hand::Town, Action::Verify)),
    sentence("la ville refuse la réparation de la panne {panne} à {école} : {texte}", |words, known| {
        acts(words, known, Hand::Town, Action::Refuse)
    }),
    sentence("la ville écarte la panne {panne} à {école} : {texte}", |words, known| acts(words, known, Hand::Town, Action::Dismiss)),
    sentence("la ville accepte la panne {panne} à {école}", |words, known| acts(words, known, Hand::Town, Action::Accept)),
    sentence("l'école {école} signale {qui} : {texte}", reports),
    sentence("on retient {qui}", |words, known| {
        let names = known.who(&words.get("qui"))?;
        Act::of(move |run| {
            for name in &names {
                let id = device(run, name)?.id;
                run.devices.insert(name.clone(), id);
            }
            Ok(())
        })
    }),
    sentence("on accepte la première image de {école}", |words, _| {
        let school = words.get("école");
        Act::of(move |run| run.world.accept_school(&school).map_err(plainly))
    }),
    sentence("{qui} (va|vont|part|partent|revient|reviennent|réapparaît|réapparaissent) à {école}[, sur {où}]", carries),
];

fn each(words: &Words<'_>, known: &Known, how: impl Fn(&mut Thing) + Send + 'static) -> Result<Act, String> {
    let names = known.who(&words.get("qui"))?;
    Act::of(move |run| names.iter().try_for_each(|name| run.world.change(name, &how)).map_err(plainly))
}

/// What devices say is wrong with them, in people's words.
const SIGNS: &[(&str, Ail)] = &[
    ("ventilateur", Ail::Erst(0)),
    ("lampe en panne", Ail::Erst(1)),
    ("surchauffe", Ail::Erst(2)),
    ("capot ouvert", Ail::Erst(3)),
    ("filtre sale", Ail::Erst(4)),
    ("autre erreur", Ail::Erst(5)),
    ("sur batterie", Ail::OnBattery),
    ("batterie à remplacer", Ail::ReplaceBattery),
    ("plus de papier", Ail::NoPaper),
    ("bourrage", Ail::Jam),
];

fn signals(words: &Words<'_>, known: &Known, on: bool) -> Result<Act, String> {
    let sign = words.get("signe");
    let service = sign.strip_prefix("service ").and_then(|rest| rest.strip_suffix(" arrêté")).map(|name| Ail::Service(name.to_owned()));
    let named = || SIGNS.iter().find(|(name, _)| *name == sign).map(|(_, ail)| ail.clone());
    let all = || SIGNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let ail = service.or_else(named).ok_or_else(|| format!("« {sign} » n'est pas un signe connu ; il y a {}, service … arrêté", all()))?;
    each(words, known, move |thing| {
        if on {
            thing.ails.insert(ail.clone());
        } else {
            thing.ails.remove(&ail);
        }
    })
}

fn carries(words: &Words<'_>, known: &mut Known) -> Result<Act, String> {
    let (names, site, at) = (known.who(&words.get("qui"))?, words.get("école"), words.get("où"));
    let at = match (at.as_str(), at.strip_prefix("le port ")) {
        ("", _) => None,
        (_, Some(port)) => Some(plug(port, known)?),
        (radio, None) => Some(rollcall_tests::world::thing::Plug { to: known.one(radio)?, port: 0 }),
    };
    for name in &names {
        if let Some(declared) = known.0.get_mut(name) {
            declared.site = Some(site.clone());
        }
    }
    Act::of(move |run| {
        names.iter().try_for_each(|name| {
            run.world.carry(name, Some(&site)).map_err(plainly)?;
            run.world.change(name, |thing| thing.plug.clone_from(&at)).map_err(plainly)
        })
    })
}

fn poses(words: &Words<'_>, known: &mut Known) -> Result<Act, String> {
    let new = declared(&words.get("chose"), &words.get("école"), known)?;
    Act::of(move |run| {
        for new in &new {
            new.register(&mut run.book);
            run.world.add_thing(new.thing.clone()).map_err(plainly)?;
        }
        Ok(())
    })
}

fn power(words: &Words<'_>, on: bool) -> Result<Act, String> {
    let school = words.get("école");
    Act::of(move |run| {
        run.world.site(&school).map_err(plainly)?.power = on;
        run.world.touch(&school);
        Ok(())
    })
}

fn agent(words: &Words<'_>, how: impl Fn(&mut Played, DateTime) + Send + 'static) -> Result<Act, String> {
    let school = words.get("école");
    Act::of(move |run| {
        let now = run.world.local();
        how(played(run, &school)?, now);
        Ok(())
    })
}

/// Does something with the one open fault of this name.
fn on_fault(words: &Words<'_>, known: &Known, how: impl Fn(&mut Run, FaultRow) -> Result<(), String> + Send + 'static) -> Result<Act, String> {
    let (wanted, school) = (named(&words.get("panne"), known)?, words.get("école"));
    Act::of(move |run| {
        let fault = the_fault(run, &wanted, &school)?;
        how(run, fault)
    })
}

fn acts(words: &Words<'_>, known: &Known, hand: Hand, action: Action) -> Result<Act, String> {
    let text = words.get("texte");
    on_fault(words, known, move |run, fault| run.world.act(fault.id, &action, &text, hand).map_err(plainly))
}

/// For what a fault waits, in people's words.
const CAUSES: &[(&str, Cause)] = &[
    ("pièce attendue", Cause::Part),
    ("école fermée", Cause::SchoolClosed),
    ("pas d'accès", Cause::NoAccess),
    ("devis attendu", Cause::Quote),
    ("la ville doit agir", Cause::Town),
    ("opérateur de la ligne", Cause::LineOperator),
    ("plan à corriger", Cause::Plan),
];

fn suspends(words: &Words<'_>, known: &mut Known) -> Result<Act, String> {
    let (cause, date) = (words.get("cause"), words.get("date"));
    let all = || CAUSES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let cause =
        CAUSES.iter().find(|(name, _)| *name == cause).map(|(_, cause)| *cause).ok_or_else(|| format!("« {cause} » : on attend {}", all()))?;
    let until = if date.is_empty() { None } else { Some(super::moment::date(&date)?) };
    on_fault(words, known, move |run, fault| {
        let zone = run.world.zone.clone();
        let until = until.map(|date| date.to_zoned(zone)).transpose().map_err(plainly)?.map(|at| Timestamp(at.timestamp().as_second()));
        run.world.act(fault.id, &Action::Suspend { cause, until }, "", Hand::Contractor).map_err(plainly)
    })
}

fn reports(words: &Words<'_>, known: &mut Known) -> Result<Act, String> {
    let (school, name, text) = (words.get("école"), known.one(&words.get("qui"))?, words.get("texte"));
    Act::of(move |run| {
        let device = device(run, &name)?.id;
        run.world.file(&school, device, &text).map_err(plainly)
    })
}

/// The first agent that looks at a school.
fn played<'a>(run: &'a mut Run, school: &str) -> Result<&'a mut Played, String> {
    let looks = |agent: &&mut Played| agent.looks.iter().any(|(_, site)| site == school);
    run.world.agents.iter_mut().find(looks).ok_or_else(|| format!("aucun agent ne regarde {school}"))
}

fn clones(words: &Words<'_>, _: &mut Known) -> Result<Act, String> {
    let (school, other) = (words.get("école"), words.get("autre"));
    Act::of(move |run| {
        let clone = played(run, &school)?.cloned_at(&other);
        run.world.agents.push(clone);
        Ok(())
    })
}

fn skews(words: &Words<'_>, _: &mut Known) -> Result<Act, String> {
    let span = super::moment::span(&words.get("durée")).ok_or("une durée s'écrit « 2 ans », « 10 minutes »")??;
    let ahead = words.line().contains("avance");
    agent(words, move |agent, now| {
        let then = if ahead { now.checked_add(span) } else { now.checked_sub(span) }.expect("a date of our time");
        let seconds = now.until(then).and_then(|span| span.total((jiff::Unit::Second, now))).expect("a span of our time");
        agent.skew_s = seconds as i64;
    })
}
