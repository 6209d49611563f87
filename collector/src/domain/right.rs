//! Who may do what, as one table: a role's rights.
//!
//! Comes in: an account's role and what is to be done. Goes out: yes or no. Absent on purpose: scopes (which schools, lots and kinds a
//! person may see), sessions, and how no is said.

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Admin,
    /// The programme: plan, phases, milestones, budget and grants.
    Manager,
    /// Faults, interventions, register.
    Technician,
    /// Reads.
    Reader,
}

impl Role {
    /// Every role that an account can have.
    pub const ALL: [Role; 4] = [Role::Admin, Role::Manager, Role::Technician, Role::Reader];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Technician => "technician",
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
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Change the plan: import, edit, go back to an older version.
    ChangePlan,
    /// Change the register: assets, cases, loans, actual dates, closures, stocktakes.
    ChangeRegister,
    /// Work on faults: acknowledge, assign, suspend, claim, verify, comment, silence, judge deviations; accept a school's first picture.
    WorkOnFaults,
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
    (Right::ChangePlan, &[Role::Admin, Role::Manager]),
    (Right::ChangeRegister, &[Role::Admin, Role::Manager, Role::Technician]),
    (Right::WorkOnFaults, &[Role::Admin, Role::Technician]),
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
        rights.dedup();
        assert_eq!(rights.len(), RIGHTS.len());
        assert!(RIGHTS.iter().all(|(right, _)| Role::Admin.may(*right)));
    }

    #[test]
    fn a_reader_changes_nothing() {
        assert!(RIGHTS.iter().all(|(right, _)| *right == Right::SeeMoney || !Role::Reader.may(*right)));
        assert!(Role::Manager.may(Right::ChangePlan) && !Role::Technician.may(Right::ChangePlan));
    }
}
