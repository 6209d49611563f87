//! Pages as a browser reads them: what in them could run, the forms that they hold, the addresses that they lead to.
//!
//! Comes in: HTML. Goes out: findings, forms, links. Absent on purpose: any opinion of what a page should say.

use html5gum::{Token, Tokenizer};

/// Where our own addresses may lead.
const SCHEMES: [&str; 4] = ["mailto:", "tel:", "geo:", "https://www.openstreetmap.org/"];

/// One form with what a person would send.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub action: String,
    pub post: bool,
    pub multipart: bool,
    pub fields: Vec<Field>,
    /// Names and values of its buttons: one of them is pressed.
    pub buttons: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default)]
pub struct Field {
    pub name: String,
    /// Of an `input`, or `select`, `textarea`.
    pub sort: String,
    pub value: String,
    pub options: Vec<String>,
}

#[derive(Debug, Default)]
pub struct Page {
    pub links: Vec<String>,
    pub forms: Vec<Form>,
    /// What could run or lead away.
    pub wrong: Vec<String>,
    /// All text and all attributes' values, as they are after reading.
    pub shown: String,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Reads a page.
pub fn read(html: &str) -> Page {
    let mut page = Page::default();
    let mut form: Option<Form> = None;
    let mut area = false;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let attributes: Vec<(String, String)> = tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                let of = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map_or(String::new(), |(_, value)| value.clone());
                page.wrong.extend(wrong(&name, &attributes));
                attributes.iter().for_each(|(_, value)| page.shown.push_str(&format!("{value}\n")));
                area = name == "textarea";
                match name.as_str() {
                    "a" => page.links.push(of("href")),
                    "form" => {
                        let (post, multipart) = (of("method").eq_ignore_ascii_case("post"), of("enctype").contains("multipart"));
                        form = Some(Form { action: of("action"), post, multipart, ..Form::default() });
                    }
                    "button" if !of("name").is_empty() => {
                        if let Some(form) = &mut form {
                            form.buttons.push((of("name"), of("value")));
                        }
                    }
                    "input" | "select" | "textarea" if !of("name").is_empty() => {
                        let sort = if name == "input" { of("type") } else { name.clone() };
                        let field = Field { name: of("name"), sort, value: of("value"), options: Vec::new() };
                        if let Some(form) = &mut form {
                            form.fields.push(field);
                        }
                    }
                    "option" => {
                        if let Some(field) = form.as_mut().and_then(|form| form.fields.last_mut()) {
                            field.options.push(of("value"));
                        }
                    }
                    _ => {}
                }
            }
            Token::EndTag(tag) => {
                area = false;
                if &**tag.name == b"form" {
                    page.forms.extend(form.take());
                }
            }
            Token::String(said) => {
                if let Some(field) = form.as_mut().and_then(|form| form.fields.last_mut()).filter(|_| area) {
                    field.value = text(&said);
                }
                page.shown.push_str(&format!("{}\n", text(&said)));
            }
            Token::Comment(said) => page.wrong.push(format!("a comment: {}", text(&said))),
            _ => {}
        }
    }
    page
}

/// What of a tag could run, or lead where we do not lead.
fn wrong(name: &str, attributes: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let known = name.chars().all(|letter| letter.is_ascii_alphanumeric());
    if !known || ["iframe", "object", "embed", "base", "style", "math", "template"].contains(&name) {
        wrong.push(format!("<{name}>"));
    }
    let own = |value: &str| value.starts_with("/assets/");
    if name == "script" && !attributes.iter().any(|(name, value)| name == "src" && own(value)) {
        wrong.push("a script of its own".to_owned());
    }
    for (attribute, value) in attributes {
        let lower = value.trim_start().to_ascii_lowercase();
        let leads = ["href", "action", "formaction", "src", "xlink:href", "data-live"].contains(&attribute.as_str());
        let ours = lower.is_empty()
            || lower.starts_with(['/', '#', '?']) && !lower.starts_with("//")
            || SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
        if attribute.starts_with("on")
            || attribute == "style"
            || attribute == "srcdoc"
            || !attribute.chars().all(|letter| letter.is_ascii_alphanumeric() || "-:".contains(letter))
        {
            wrong.push(format!("<{name} {attribute}={value:?}>"));
        }
        if leads && attribute != "data-live" && !ours && !(name == "img" && lower.starts_with("data:image/")) {
            wrong.push(format!("<{name} {attribute}={value:?}>"));
        }
        // The wall loads itself anew: seconds, and no address.
        let seconds = |(name, value): &(String, String)| name == "content" && value.bytes().all(|byte| byte.is_ascii_digit());
        if name == "meta" && attribute == "http-equiv" && !attributes.iter().any(seconds) {
            wrong.push(format!("<meta {value}>"));
        }
    }
    wrong
}

/// A form with a file, as browsers send it (RFC 7578): its type and body.
pub fn multipart(fields: &[(&str, &str)], file_name: &str, file: &str) -> (&'static str, String) {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--rollcall\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--rollcall\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\n{file}\r\n--rollcall--\r\n"
    ));
    ("multipart/form-data; boundary=rollcall", body)
}

#[test]
fn what_could_run_is_found() {
    for html in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=' javascript:alert(1)'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<p style='x'>",
        "<iframe src='/'></iframe>",
        "<input value=\"\"><script src='https://evil.example'></script>",
        "<form action='https://evil.example'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<xss:a>",
    ] {
        assert!(!read(html).wrong.is_empty(), "{html}");
    }
    let page = read(
        "<form method=post action='/a'><input name=b value='&lt;script&gt;'><textarea name=c>d</textarea><select name=e><option value=f></select><button name=g value=h></form><a href='/i?j'>",
    );
    assert!(page.wrong.is_empty() && page.links == ["/i?j"], "{page:?}");
    let form = &page.forms[0];
    assert!(
        form.post && form.fields.len() == 3 && form.fields[0].value == "<script>" && form.fields[1].value == "d" && form.fields[2].options == ["f"]
    );
    assert_eq!(form.buttons, [("g".to_owned(), "h".to_owned())]);
}
