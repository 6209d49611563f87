//! Schools that are played on loopback addresses, for tests, demo and screenshots: real sockets and files, no root, no real device.
//!
//! Tour: [`catalogue`] says what makes there are and what they tell; [`town`] builds the schools, the same at every start; [`device`]
//! holds one device and what ails it; [`world`] opens sockets and writes files; [`snmp`], [`usm`], [`mib`], [`pjlink`], [`nut`],
//! [`dhcp`], [`server`], [`services`] are what is spoken; [`truth`] tells what there is and what is broken; [`register`] is what the town's own lists say; [`control`] takes commands; [`agent_config`]
//! writes what a real agent needs to look at a school.
//! On 127/8 the kernel answers every ping, so a ping proves nothing here. Absent on purpose: any hint in a host name.

pub mod agent_config;
pub mod ber;
pub mod catalogue;
pub mod control;
pub mod device;
pub mod dhcp;
pub mod mib;
pub mod nut;
pub mod pjlink;
pub mod planned;
pub mod register;
pub mod server;
pub mod services;
pub mod snmp;
pub mod snmp_port;
pub mod town;
pub mod truth;
pub mod usm;
pub mod world;
