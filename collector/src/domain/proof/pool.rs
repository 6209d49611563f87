//! The spare pool: how many spares of a kind there are, how many are to be held, how many to order.
//!
//! Comes in: the register, minimums by kind. Goes out: one [`Stock`] a kind. Absent on purpose: prices and suppliers.

use crate::domain::kind::Kind;
use crate::domain::place::AssetState;
use crate::domain::register::Register;
use std::collections::BTreeMap;

/// Spares of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stock {
    /// Ready to go out: spare, or in stock and not meant for a place.
    pub spare: u32,
    /// Ordered.
    pub ordered: u32,
    /// In repair: they may come back.
    pub repair: u32,
    /// In service: what the spares stand behind.
    pub in_service: u32,
    /// To be held.
    pub minimum: u32,
}

impl Stock {
    /// How many to order: what the minimum lacks, less what is on its way.
    pub fn to_order(self) -> u32 {
        self.minimum.saturating_sub(self.spare + self.ordered)
    }
}

/// Every kind of which there is something, or should be.
pub fn pool(register: &Register, minimums: &BTreeMap<Kind, u32>) -> BTreeMap<Kind, Stock> {
    let mut pool: BTreeMap<Kind, Stock> = BTreeMap::new();
    for asset in register.assets.iter().filter(|asset| !asset.legacy) {
        let Some(kind) = asset.kind else { continue };
        let stock = pool.entry(kind).or_default();
        match asset.state {
            // What lies in a school's cupboard is that school's; the pool is the town's.
            AssetState::Spare => stock.spare += 1,
            AssetState::Stock if asset.school.is_none() => stock.spare += 1,
            AssetState::Ordered if asset.school.is_none() => stock.ordered += 1,
            AssetState::Repair => stock.repair += 1,
            AssetState::InService | AssetState::Lent => stock.in_service += 1,
            _ => {}
        }
    }
    for (kind, minimum) in minimums {
        pool.entry(*kind).or_default().minimum = *minimum;
    }
    pool
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    #[test]
    fn what_the_minimum_lacks_is_to_be_ordered() {
        let (tables, _) = read_tables([(
            "assets.csv",
            "label_or_serial,kind,state,school\n1,tablet,spare,\n2,tablet,stock,\n3,tablet,stock,camus\n4,tablet,ordered,\n5,tablet,in_service,camus\n6,tablet,repair,camus\n7,projector,retired,camus\n",
        )]);
        let pool = pool(&Register::from_tables(&tables), &[(Kind::Tablet, 5), (Kind::Ups, 2)].into());
        let tablets = pool[&Kind::Tablet];
        assert_eq!(tablets, Stock { spare: 2, ordered: 1, repair: 1, in_service: 1, minimum: 5 });
        assert_eq!((tablets.to_order(), pool[&Kind::Ups].to_order()), (2, 2));
    }
}
