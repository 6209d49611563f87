//! Matches and metadata of real programs, a printer played on loopback, and what is no answer.

use super::*;
use crate::probes::cases::{Place, check_cases};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[test]
fn what_programs_said() {
    check_cases("wsd", |case| {
        let file = |name: &str| std::fs::read(case.join(name)).unwrap_or_default();
        serde_json::json!(parse(&[file("matches.xml")], &[file("metadata.xml")]))
    });
}

#[test]
fn questions_are_answered_by_their_number() {
    let all = probes([7; 16]);
    assert_eq!(all.len(), 2);
    assert_ne!(all[0].0, all[1].0);
    assert_eq!(all[0].0, "urn:uuid:07070707-0707-4707-8707-070707070707");
    for (id, octets) in &all {
        let text = std::str::from_utf8(octets).unwrap();
        assert!(text.contains(&format!("<a:MessageID>{id}</a:MessageID>")) && octets.len() < 1_400, "one frame: {}", octets.len());
        assert_eq!(message::parse(octets), None, "a question is no answer");
    }
    let answer = |relates_to: &str| {
        format!(
            "<e:Envelope><e:Header><w:RelatesTo>{relates_to}</w:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch><d:Types>p:Device</d:Types></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
        )
    };
    let heard = |relates_to: &str| {
        let matches = RefCell::default();
        hear(&matches, [10, 0, 0, 1].into(), answer(relates_to).as_bytes(), |id| id == "urn:uuid:1");
        matches.take().len()
    };
    assert_eq!((heard("urn:uuid:1"), heard(""), heard("urn:uuid:2")), (1, 1, 0));
    assert!(get("urn:uuid:x\"><evil/>&", [7; 16]).contains("<a:To>urn:uuid:xevil/</a:To>"), "what a device calls itself stays a text");
}

#[test]
fn a_printer_is_asked_what_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut place = Place::new("127.96.2.0/30", 1_000_000);
    let outcome = runtime.block_on(async {
        let printer = tokio::net::UdpSocket::bind("127.96.2.1:0").await.unwrap();
        place.network.ports.wsd = printer.local_addr().unwrap().port();
        let pages = tokio::net::TcpListener::bind("127.96.2.1:0").await.unwrap();
        let at = pages.local_addr().unwrap();
        let answers = async {
            let mut query = [0; 2_000];
            loop {
                let (length, from) = printer.recv_from(&mut query).await.unwrap();
                let text = std::str::from_utf8(&query[..length]).unwrap();
                let id = text.split("MessageID>").nth(1).unwrap().trim_end_matches("</a:");
                let body = if text.contains("wsdp:Device") {
                    format!("<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:p</a:Address></a:EndpointReference><d:Types>a:Device b:PrintDeviceType</d:Types><d:XAddrs>http://other/ http://{at}/wsd</d:XAddrs></d:ProbeMatch>")
                } else {
                    String::new()
                };
                let answer = format!("<s:Envelope><s:Header><a:RelatesTo>{id}</a:RelatesTo></s:Header><s:Body><d:ProbeMatches>{body}</d:ProbeMatches></s:Body></s:Envelope>");
                printer.send_to(answer.as_bytes(), from).await.unwrap();
            }
        };
        let serves = async {
            let (mut stream, _) = pages.accept().await.unwrap();
            let mut request = [0; 2_000];
            let length = stream.read(&mut request).await.unwrap();
            let text = std::str::from_utf8(&request[..length]).unwrap();
            assert!(text.starts_with("POST /wsd HTTP/1.1\r\n") && text.contains("transfer/Get") && text.contains("<a:To>urn:uuid:p</a:To>"), "{text}");
            let body = "<Envelope><Body><Metadata><MetadataSection><ThisModel><Manufacturer>Brother</Manufacturer><ModelName>HL-5</ModelName></ThisModel></MetadataSection></Metadata></Body></Envelope>";
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
            std::future::pending::<()>().await
        };
        let look = place.look();
        tokio::select! {
            outcome = read_within(&look, Duration::from_millis(150)) => outcome,
            () = answers => unreachable!("it plays on"),
            () = serves => unreachable!("it plays on"),
        }
    });
    let [printer] = outcome.findings.as_slice() else { panic!("{outcome:?}") };
    let said = [("wsd.types", "Device PrintDeviceType"), ("wsd.manufacturer", "Brother"), ("wsd.modelName", "HL-5")];
    assert_eq!(printer.facts[1..], said.map(|(key, value)| Fact::said(key, value)));
    assert!(outcome.finished && outcome.troubles.is_empty());
}

proptest! {
    #[test]
    fn never_panics(octets: Vec<u8>, text in "<Envelope><Body><ProbeMatches>(<(ProbeMatch|Types|XAddrs)>[ -~]{0,12}(</x>)?){0,8}") {
        let both = [octets, text.into_bytes()];
        parse(&both, &both);
    }
}
