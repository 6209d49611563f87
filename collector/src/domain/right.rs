//! Who may do what, as one table: a role's rights.
//!
//! Comes in: an account's role and what is to be done. Goes out: yes or no. Absent on purpose: which schools, lots and kinds a person sees
//! ([`super::sight`]), sessions, and how no is said.

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Admin,
    /// The programme: plan, phases, milestones, budget and grants.
    Manager,
    /// Faults, interventions, register.
    Technician,
    /// Mends what its lots cover, and sees nothing else.
    Contractor,
    /// One school: reports what does not work, and sees what becomes of it.
    School,
    /// Reads.
    Reader,
}

impl Role {
    /// Every role that an account can have.
    pub const ALL: [Role; 6] = [Role::Admin, Role::Manager, Role::Technician, Role::Contractor, Role::School, Role::Reader];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Technician => "technician",
            Role::Contractor => "contractor",
            Role::School => "school",
            Role::Reader => "reader",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether an account of this role may do it.
    pub fn may(self, right: Right) -> bool {
        RIGHTS.iter().any(|(of, roles)| *of == right && roles.contains(&self))
    }

    /// Whether it sees everything unless its account says less; the others see nothing unless their account says what.
    pub fn sees_all_unless_told(self) -> bool {
        !matches!(self, Role::Contractor | Role::School)
    }

    /// Whether bounds of an account hold for it: who runs the programme sees all of it.
    pub fn can_be_bounded(self) -> bool {
        !matches!(self, Role::Admin | Role::Manager)
    }
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Have a session: one's own account, its sessions and tokens, live events.
    SignedIn,
    /// Read the programme: overview, schools, all devices, agents, plan, register, calendar.
    SeeProgramme,
    /// Read faults, visits and the devices concerned.
    SeeFaults,
    /// See when a device was there, and what clients a network has.
    SeePresence,
    /// Change the plan: import, edit, go back to an older version.
    ChangePlan,
    /// Change the register: assets, cases, loans, actual dates, closures, stocktakes.
    ChangeRegister,
    /// Work on faults for the town: assign, verify, dismiss, silence, judge deviations; accept a school's first picture.
    WorkOnFaults,
    /// Mend faults: acknowledge, comment, suspend, claim, visit, swap.
    MendFaults,
    /// Report that something does not work.
    Report,
    /// Decide who is who: merge, split, undo, resolve conflicts, pin a device to a place; bring lists in.
    DecideIdentity,
    /// See budget, grants and their evidence.
    SeeMoney,
    /// Accounts, agents, credentials, settings, calendars.
    Administer,
}

/// Rights with the roles that have them (product rules, who may do what).
#[rustfmt::skip]
pub const RIGHTS: &[(Right, &[Role])] = &[
    (Right::SignedIn, &Role::ALL),
    (Right::SeeProgramme, &[Role::Admin, Role::Manager, Role::Technician, Role::Reader]),
    (Right::SeeFaults, &[Role::Admin, Role::Manager, Role::Technician, Role::Contractor, Role::Reader]),
    (Right::SeePresence, &[Role::Admin, Role::Manager, Role::Technician, Role::Reader]),
    (Right::ChangePlan, &[Role::Admin, Role::Manager]),
    (Right::ChangeRegister, &[Role::Admin, Role::Manager, Role::Technician]),
    (Right::WorkOnFaults, &[Role::Admin, Role::Technician]),
    (Right::MendFaults, &[Role::Admin, Role::Technician, Role::Contractor]),
    (Right::Report, &[Role::Admin, Role::Technician, Role::School]),
    (Right::DecideIdentity, &[Role::Admin, Role::Technician]),
    (Right::SeeMoney, &[Role::Admin, Role::Manager, Role::Reader]),
    (Right::Administer, &[Role::Admin]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_one_row_and_the_administrator_all() {
        let mut rights: Vec<Right> = RIGHTS.iter().map(|(right, _)| *right).collect();
        rights.sort();
        rights.dedup();
        assert_eq!(rights.len(), RIGHTS.len());
        assert!(RIGHTS.iter().all(|(right, _)| Role::Admin.may(*right)));
    }

    #[test]
    fn a_reader_changes_nothing() {
        let reads = [Right::SignedIn, Right::SeeProgramme, Right::SeeFaults, Right::SeePresence, Right::SeeMoney];
        assert!(RIGHTS.iter().all(|(right, _)| reads.contains(right) || !Role::Reader.may(*right)));
        assert!(Role::Manager.may(Right::ChangePlan) && !Role::Technician.may(Right::ChangePlan));
    }

    #[test]
    fn a_contractor_has_its_queue_and_nothing_else() {
        let has: Vec<Right> = RIGHTS.iter().map(|(right, _)| *right).filter(|right| Role::Contractor.may(*right)).collect();
        assert_eq!(has, [Right::SignedIn, Right::SeeFaults, Right::MendFaults]);
        let has: Vec<Right> = RIGHTS.iter().map(|(right, _)| *right).filter(|right| Role::School.may(*right)).collect();
        assert_eq!(has, [Right::SignedIn, Right::Report]);
    }
}
