//! Whom a pin trusts: certificates made on the spot, verified without a network.

use super::*;
use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::time::Duration;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn leaf(of: &CertifiedIssuer<'static, KeyPair>) -> CertificateDer<'static> {
    let params = CertificateParams::new(vec!["collector.example".to_owned()]).unwrap();
    params.signed_by(&KeyPair::generate().unwrap(), of).unwrap().der().clone()
}

fn verdict(pin: Pin, chain: &[CertificateDer<'_>], year: u64) -> Result<(), Error> {
    let verifier = Verifier { pin, provider: Arc::new(rustls::crypto::ring::default_provider()) };
    let now = UnixTime::since_unix_epoch(Duration::from_secs((year - 1970) * 31_556_952));
    let name = ServerName::try_from("10.0.0.1").unwrap();
    verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).map(|_| ())
}

#[test]
fn the_pinned_authority_and_what_it_signed_are_trusted_under_any_name_at_any_time() {
    let ours = authority();
    let pin = Pin::of(ours.der()).unwrap();
    let chain = [leaf(&ours), ours.der().clone()];
    for year in [1971, 2026, 9999] {
        assert_eq!(verdict(pin, &chain, year), Ok(()), "{year}");
    }
    assert_eq!(verdict(Pin::of(&chain[0]).unwrap(), &chain[..1], 2026), Ok(()), "the leaf's own key pinned");
}

#[test]
fn nobody_else_is_trusted() {
    let (ours, theirs) = (authority(), authority());
    let pin = Pin::of(ours.der()).unwrap();
    assert!(verdict(pin, &[leaf(&theirs), theirs.der().clone()], 2026).is_err(), "another authority");
    assert!(verdict(pin, &[leaf(&theirs), ours.der().clone()], 2026).is_err(), "our authority sent along, but it did not sign");
    assert!(verdict(pin, &[leaf(&ours)], 2026).is_err(), "the authority not sent");
}

#[test]
fn a_pin_is_the_digest_of_the_whole_key_info() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["x".to_owned()]).unwrap().self_signed(&key).unwrap();
    let expected: [u8; 32] = Sha256::digest(rcgen::PublicKeyData::subject_public_key_info(&key)).into();
    assert_eq!(Pin::of(certificate.der()).unwrap(), Pin(expected));
}

proptest! {
    #[test]
    fn pins_come_back_from_their_text(octets: [u8; 32]) {
        let text = Pin(octets).to_string();
        prop_assert_eq!(text.len(), PIN_CHARS);
        prop_assert_eq!(text.to_lowercase().parse(), Ok(Pin(octets)));
    }

    #[test]
    fn any_text_is_a_pin_or_a_complaint(text: String) {
        let _ = text.parse::<Pin>();
    }
}
