//! One conversation a device at a time, also where a round and a look at who called meet there.
//!
//! Comes in: an address. Goes out: a turn, held until it is dropped. Absent on purpose: fairness (two at most ever meet).

use super::{Look, Memory};
use std::cell::RefCell;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::sleep;

/// How often somebody who waits looks whether the other is done.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The right to talk with a device.
pub struct Turn<'a> {
    memory: &'a RefCell<Memory>,
    ip: IpAddr,
}

impl Look<'_> {
    /// Waits until nobody else of this agent talks with a device.
    pub async fn turn(&self, ip: IpAddr) -> Turn<'_> {
        while !self.memory.borrow_mut().talking.insert(ip) {
            sleep(LOOK_AGAIN).await;
        }
        Turn { memory: self.memory, ip }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.memory.borrow_mut().talking.remove(&self.ip);
    }
}

#[cfg(test)]
mod tests {
    use crate::probes::cases::Place;
    use futures_util::future::{join, join3};
    use std::cell::Cell;

    #[tokio::test]
    async fn two_never_talk_with_one_device_at_once() {
        let place = Place::new("10.0.0.0/24", 0);
        let (talking, most) = (Cell::new(0), Cell::new(0));
        let talk = async |last: u8| {
            let look = place.look();
            let _turn = look.turn([10, 0, 0, last].into()).await;
            talking.update(|count| count + 1);
            most.set(most.get().max(talking.get()));
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            talking.update(|count| count - 1);
        };
        join3(talk(1), talk(1), talk(1)).await;
        assert_eq!(most.get(), 1);
        join(talk(1), talk(2)).await;
        assert_eq!(most.get(), 2, "another device does not wait");
        assert!(place.memory.borrow().talking.is_empty());
    }
}
