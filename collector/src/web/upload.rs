//! A form with a file: its fields as text, its one file as bytes, within bounds.
//!
//! Comes in: `multipart/form-data` (RFC 7578). Goes out: [`Upload`]. Absent on purpose: what the file is. The route that takes it sets
//! [`UPLOAD_BYTES`] as its body's bound.

use super::Web;
use super::error::Failure;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use std::collections::BTreeMap;

/// Largest form with a file.
pub const UPLOAD_BYTES: usize = 24 << 20;
/// Most fields of a form.
const MAX_FIELDS: usize = 40;
/// Longest text field, bytes.
const MAX_TEXT: usize = 4 << 10;

/// What was sent.
#[derive(Debug, Default)]
pub struct Upload {
    /// Text fields.
    pub fields: BTreeMap<String, String>,
    /// The file's name, as the browser says it; empty where none was chosen.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Upload {
    /// A field; empty where it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// What is wrong with a part of a form: 413 where it is too large, else 400.
pub fn broken(error: MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::Protocol(StatusCode::PAYLOAD_TOO_LARGE, error.body_text()),
        _ => Failure::Bad(error.body_text()),
    }
}

impl FromRequest<Web> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Web) -> Result<Upload, Failure> {
        let bad =
            |what: String| Failure::Bad(format!("form: found {what}, expected multipart/form-data with one file of at most {UPLOAD_BYTES} bytes"));
        let mut form = Multipart::from_request(request, web).await.map_err(|error| bad(error.to_string()))?;
        let mut upload = Upload::default();
        for _ in 0..MAX_FIELDS {
            let Some(field) = form.next_field().await.map_err(broken)? else { return Ok(upload) };
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file) => {
                    upload.bytes = field.bytes().await.map_err(broken)?.to_vec();
                    upload.file_name = file;
                }
                None => {
                    let text = field.text().await.map_err(broken)?;
                    if text.len() > MAX_TEXT {
                        return Err(bad(format!("{name} of {} bytes", text.len())));
                    }
                    upload.fields.insert(name, text);
                }
            }
        }
        Err(bad(format!("more than {MAX_FIELDS} fields")))
    }
}
