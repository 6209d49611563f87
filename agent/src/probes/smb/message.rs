//! The four questions of SMB, and what their answers tell.
//!
//! Comes in: octets of an answer (without the length before it). Goes out: octets of questions; a [`Challenge`], a [`Native`]. Sources:
//! MS-SMB2 sections 2.2.1 to 2.2.6, MS-CIFS sections 2.2.3 and 2.2.4.52 to 53, MS-SMB section 2.2.4.6 (extended security), MS-NLMP sections
//! 2.2.1 and 2.2.2, RFC 4178 section 4.2. Absent on purpose: answers to a challenge.

/// Largest answer that is read: a challenge takes some 500 octets.
pub const MAX_MESSAGE_BYTES: usize = 16 << 10;
/// Pairs of a challenge's target information that are read.
const MAX_PAIRS: usize = 32;

/// First octets of a message.
const SMB1: &[u8] = b"\xffSMB";
const SMB2: &[u8] = b"\xfeSMB";
/// Length of the header.
const HEADER_1: usize = 32;
const HEADER_2: usize = 64;
/// Commands.
const NEGOTIATE_1: u8 = 0x72;
const SESSION_SETUP_1: u8 = 0x73;
const NEGOTIATE_2: u16 = 0;
const SESSION_SETUP_2: u16 = 1;
/// Dialects 2.0.2 and 2.1: every server of SMB 2 speaks one of them, the newest too.
const DIALECTS: [u16; 2] = [0x0202, 0x0210];
/// Begins every message of NTLM.
const NTLM: &[u8] = b"NTLMSSP\0";
/// Unicode, target wanted, NTLM, always sign, extended session security, version, 128 bits, 56 bits: what Windows itself asks with.
const NTLM_FLAGS: u32 = 0xa208_8205;
/// The version in a message is meant.
const NTLM_HAS_VERSION: u32 = 0x0200_0000;
/// Target information: the computer's NetBIOS name.
const NB_COMPUTER_NAME: u16 = 1;

/// What a server tells before it knows who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Challenge {
    /// `10.0.20348`.
    pub version: Option<String>,
    /// NetBIOS name of the computer.
    pub name: Option<String>,
}

/// What a server of SMB 1 calls itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Native {
    /// NativeOS.
    pub os: String,
    /// NativeLanMan.
    pub lan_manager: String,
}

/// NEGOTIATE of SMB 2.
pub fn negotiate_2() -> Vec<u8> {
    let mut octets = header_2(NEGOTIATE_2, 0);
    push(&mut octets, &[36, 2, 1, 0]); // size, dialects, signing enabled, reserved
    octets.extend([0; 4]); // capabilities
    octets.extend(b"Rollcall-agent\0\0"); // the client's own number
    octets.extend([0; 8]); // start time
    push(&mut octets, &DIALECTS);
    octets
}

/// SESSION_SETUP of SMB 2 with the first message of NTLM, which names nobody.
pub fn session_setup_2() -> Vec<u8> {
    let token = spnego(&ntlm_negotiate());
    let mut octets = header_2(SESSION_SETUP_2, 1);
    push(&mut octets, &[25, 0x0100]); // size; no flags, signing enabled
    octets.extend([0; 8]); // capabilities, channel
    push(&mut octets, &[HEADER_2 as u16 + 24, token.len() as u16]);
    octets.extend([0; 8]); // previous session
    octets.extend(token);
    octets
}

/// NEGOTIATE of SMB 1, for those who refuse SMB 2.
pub fn negotiate_1() -> Vec<u8> {
    let mut octets = header_1(NEGOTIATE_1);
    let dialect = b"\x02NT LM 0.12\0";
    octets.push(0); // no words
    push(&mut octets, &[dialect.len() as u16]);
    octets.extend(dialect);
    octets
}

/// SESSION_SETUP_ANDX of SMB 1 with extended security.
pub fn session_setup_1() -> Vec<u8> {
    let token = spnego(&ntlm_negotiate());
    let mut octets = header_1(SESSION_SETUP_1);
    octets.push(12); // words
    push(&mut octets, &[0x00ff, 0, 4_356, 1, 1, 0, 0, token.len() as u16, 0, 0]); // no further command, largest answer, one request at a time
    octets.extend(0x8000_0044_u32.to_le_bytes()); // extended security, NT status codes, Unicode
    let begin = octets.len() + 2;
    let padding = (begin + token.len()) % 2;
    push(&mut octets, &[(token.len() + padding + 4) as u16]);
    octets.extend(token);
    octets.extend(vec![0; padding + 4]); // neither system nor LAN manager is told
    octets
}

fn header_2(command: u16, message: u64) -> Vec<u8> {
    let mut octets = SMB2.to_vec();
    push(&mut octets, &[HEADER_2 as u16, 0, 0, 0, command, 1]); // size, charge, status, command, one credit asked
    octets.extend([0; 8]); // flags, next command
    octets.extend(message.to_le_bytes());
    octets.resize(HEADER_2, 0);
    octets
}

fn header_1(command: u8) -> Vec<u8> {
    let mut octets = SMB1.to_vec();
    octets.push(command);
    octets.extend([0; 4]); // status
    octets.push(0x18); // paths are canonical, without regard to case
    push(&mut octets, &[0xc801]); // Unicode, NT status codes, extended security, long names
    octets.resize(HEADER_1, 0);
    octets
}

fn push(octets: &mut Vec<u8>, words: &[u16]) {
    words.iter().for_each(|word| octets.extend(word.to_le_bytes()));
}

/// NEGOTIATE_MESSAGE: neither domain nor workstation is told.
fn ntlm_negotiate() -> Vec<u8> {
    let mut octets = NTLM.to_vec();
    octets.extend(1_u32.to_le_bytes());
    octets.extend(NTLM_FLAGS.to_le_bytes());
    octets.extend([0; 16]);
    octets.extend([6, 1, 0xb1, 0x1d, 0, 0, 0, 15]); // the version of NTLM in use since Windows 7
    octets
}

/// A negTokenInit that offers NTLM and carries its first message.
fn spnego(token: &[u8]) -> Vec<u8> {
    let oid_spnego = [0x06, 6, 0x2b, 6, 1, 5, 5, 2];
    let oid_ntlm = [0x06, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];
    let mechanisms = der(0xa0, &der(0x30, &oid_ntlm));
    let token = der(0xa2, &der(0x04, token));
    let init = der(0xa0, &der(0x30, &[mechanisms, token].concat()));
    der(0x60, &[&oid_spnego[..], &init].concat())
}

/// One element of DER; all of ours are short.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    debug_assert!(content.len() < 0x80);
    [&[tag, content.len() as u8], content].concat()
}

/// An answer of SMB 2 that accepts.
pub fn is_smb2(answer: &[u8]) -> bool {
    answer.starts_with(SMB2) && answer.len() >= HEADER_2 && word(answer, 8) == Some(0) && word(answer, 10) == Some(0)
}

/// An answer of SMB 1.
pub fn is_smb1(answer: &[u8]) -> bool {
    answer.starts_with(SMB1) && answer.len() > HEADER_1
}

/// The CHALLENGE_MESSAGE in an answer, wherever it stands.
pub fn challenge(answer: &[u8]) -> Option<Challenge> {
    let at = answer.windows(NTLM.len()).position(|window| window == NTLM)?;
    let message = &answer[at..];
    if word(message, 8)? != 2 {
        return None;
    }
    let flags = u32::from(word(message, 20)?) | u32::from(word(message, 22)?) << 16;
    let version =
        (flags & NTLM_HAS_VERSION != 0).then(|| Some(format!("{}.{}.{}", message.get(48)?, message.get(49)?, word(message, 50)?))).flatten();
    Some(Challenge { version: version.filter(|version| version != "0.0.0"), name: computer_name(message) })
}

/// The NetBIOS name among the pairs of target information (MS-NLMP section 2.2.2.1).
fn computer_name(message: &[u8]) -> Option<String> {
    let (length, at) = (usize::from(word(message, 40)?), usize::from(word(message, 44)?));
    let mut pairs = message.get(at..)?.get(..length)?;
    for _ in 0..MAX_PAIRS {
        let (kind, length) = (word(pairs, 0)?, usize::from(word(pairs, 2)?));
        let value = pairs.get(4..)?.get(..length)?;
        match kind {
            0 => break,
            NB_COMPUTER_NAME => return Some(utf16(value)),
            _ => pairs = pairs.get(4 + length..)?,
        }
    }
    None
}

/// What an answer to SESSION_SETUP_ANDX says of the server.
pub fn native(answer: &[u8]) -> Option<Native> {
    let words = answer.get(HEADER_1..)?;
    if !is_smb1(answer) || answer.get(4) != Some(&SESSION_SETUP_1) || words.first() != Some(&4) {
        return None;
    }
    let token = usize::from(word(words, 7)?);
    let mut at = HEADER_1 + 11 + token;
    at += at % 2; // texts begin at an even octet of the message
    let texts = utf16(answer.get(at..)?.get(..).unwrap_or_default());
    let mut texts = texts.split('\0').map(str::to_owned);
    Some(Native { os: texts.next()?, lan_manager: texts.next().unwrap_or_default() })
}

fn word(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*octets.get(at)?, *octets.get(at + 1)?]))
}

fn utf16(octets: &[u8]) -> String {
    let units: Vec<u16> = octets.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn questions_have_their_lengths() {
        assert_eq!((negotiate_2().len(), negotiate_1().len()), (64 + 36 + 4, 32 + 3 + 12));
        let setup = session_setup_2();
        let (at, length) = (usize::from(word(&setup, 64 + 12).unwrap()), usize::from(word(&setup, 64 + 14).unwrap()));
        assert_eq!(at + length, setup.len());
        assert!(setup[at..].starts_with(&[0x60]) && setup.windows(8).any(|window| window == NTLM));
        let setup = session_setup_1();
        let count = usize::from(word(&setup, 32 + 1 + 24).unwrap());
        assert_eq!(32 + 1 + 24 + 2 + count, setup.len());
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, tail: Vec<u8>) {
            challenge(&octets);
            native(&octets);
            let message = [NTLM, &2_u32.to_le_bytes(), &octets, &tail].concat();
            challenge(&message);
            let setup = [&header_1(SESSION_SETUP_1)[..], &[4], &octets].concat();
            native(&setup);
            is_smb2(&octets);
        }
    }
}
