//! Enrolment over TLS, with a collector whose authority nobody knows but by the pin in the code.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rollcall_shared::sign::{SignedHeaders, public_key, verify};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A collector that answers one request: its address, its pin, and what it was asked.
async fn collector(status: u16, answer: &'static str) -> (Url, Pin, tokio::task::JoinHandle<String>) {
    rustls::crypto::ring::default_provider().install_default().ok(); // another test of this process may have
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["some.other.name".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone(), authority.der().clone()];
    let pin = Pin::of(&chain[1]).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    let asked = tokio::task::spawn_local(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let Ok(mut socket) = TlsAcceptor::from(Arc::new(config)).accept(socket).await else { return String::new() };
        let mut request = Vec::new();
        while !request.ends_with(b"}") && socket.read_buf(&mut request).await.unwrap() > 0 {}
        let head =
            format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\r\n", answer.len());
        socket.write_all((head + answer).as_bytes()).await.unwrap();
        socket.shutdown().await.ok(); // the client may be gone already
        String::from_utf8(request).unwrap()
    });
    (url, pin, asked)
}

fn wish(url: Url, pin: Pin) -> Wish {
    Wish { url, code: format!("abcd-efgh-jkmn-pqrs.{pin}"), replace: false, insecure_http: false, host: "kwartz".into() }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

const ENROLLED: &str = r#"{"agent":7,"networks":["ecole-01"],"now":1000}"#;

#[test]
fn a_code_with_a_pin_makes_the_first_contact_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let state = Folder::new(&folder.path().join("state"));
    wait(async {
        let (url, pin, asked) = collector(201, ENROLLED).await;
        let identity = enrol(&state, None, wish(url, pin), Timestamp(1_000)).await.unwrap();
        assert_eq!((identity.agent.0, identity.pin), (7, Some(pin.to_string())));
        assert_eq!(state.identity().unwrap().unwrap().networks, ["ecole-01"]);
        let asked = asked.await.unwrap();
        let (head, body) = asked.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap().to_owned();
        let headers =
            SignedHeaders { content_digest: header("content-digest"), signature_input: header("signature-input"), signature: header("signature") };
        let enrolment: Enrolment = serde_json::from_str(body).unwrap();
        assert_eq!((enrolment.code.as_str(), enrolment.host.as_str()), ("ABCD-EFGH-JKMN-PQRS", "kwartz"));
        let key = public_key(&enrolment.public_key).unwrap();
        assert_eq!(key, state.key().unwrap().verifying_key());
        assert_eq!(verify(&key, "POST", ENROL_PATH, body.as_bytes(), &headers), Ok(Timestamp(1_000)));
    });
}

#[test]
fn another_authority_than_the_pinned_one_gets_no_code() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let (url, _, asked) = collector(201, ENROLLED).await;
        let error = enrol(&Folder::new(folder.path()), None, wish(url, Pin([9; 32])), Timestamp(1_000)).await.unwrap_err();
        assert!(format!("{error:#}").contains("pinned"), "{error:#}");
        assert_eq!(asked.await.unwrap(), "");
        assert!(Folder::new(folder.path()).identity().unwrap().is_none());
    });
}

#[test]
fn refusals_say_why_and_what_to_do() {
    for (status, answer, expected) in [
        (409, r#"{"title":"an agent serves ecole-01 already"}"#, "--replace"),
        (410, r#"{"title":"this code has expired"}"#, "this code has expired"),
        (404, "{}", "404"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        wait(async {
            let (url, pin, _) = collector(status, answer).await;
            let error = enrol(&Folder::new(folder.path()), None, wish(url, pin), Timestamp(1_000)).await.unwrap_err();
            assert!(format!("{error:#}").contains(expected), "{error:#}");
        });
    }
}
