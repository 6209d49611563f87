//! What a webhook is told: one fault as it stands now, and why it is told.
//!
//! Comes in: a notice, the fault as the account sees it. Goes out: the body of the call, described in the OpenAPI document under `webhooks`.
//! Absent on purpose: the call, its signature ([`crate::hook`]).

use super::faults::{Fault, shown};
use crate::hook::{DELIVERY, SIGNATURE};
use crate::store::notice::Kept;
use crate::store::view::fault::FaultRow;
use anyhow::Result;
use serde::Serialize;
use utoipa::ToSchema;

/// One call of a webhook.
#[derive(Serialize, ToSchema)]
pub(super) struct Told {
    /// Number of the delivery: the same call made twice has it twice.
    delivery: i64,
    /// fault_opened, fault_reopened, fault_cleared, fault_contradicted, fault_resumed, incident_opened, incident_joined, deed_VERB.
    topic: String,
    /// new, back, mended, word.
    matter: &'static str,
    /// When it was found out, RFC 3339.
    at: String,
    /// Login of who did it; null: a look found it.
    by: Option<String>,
    /// In their words.
    said: Option<String>,
    /// The fault as it stands when the call is made.
    fault: Fault,
    /// Address of its page.
    url: String,
}

/// The body of a call.
pub fn told(delivery: i64, kept: &Kept, fault: FaultRow, base: &str) -> Result<String> {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let url = format!("{base}/faults/{}", fault.id);
    let (by, said, at) = (given(&kept.by), given(&kept.said), kept.at.to_string());
    let told = Told { delivery, topic: kept.topic.clone(), matter: kept.matter.code(), at, by, said, fault: shown(fault), url };
    Ok(serde_json::to_string(&told)?)
}

/// The part `webhooks` of the OpenAPI document (OpenAPI 3.1, 4.8.1).
pub(super) fn described() -> serde_json::Value {
    let header = |name: &str, text: &str| serde_json::json!({ "name": name, "in": "header", "required": true, "description": text, "schema": { "type": "string" } });
    serde_json::json!({
        "notice": {
            "post": {
                "summary": "Something happened to a fault that the account sees",
                "description": "Sent at least once, until the answer is 2xx or three days have passed. Redirections are not followed.",
                "operationId": "notice",
                "parameters": [
                    header(SIGNATURE, "t=MOMENT,v1=HMAC: the HMAC-SHA256 of MOMENT.BODY by the webhook's secret, in hexadecimal; MOMENT in UTC seconds"),
                    header(DELIVERY, "number of the delivery, the same at each attempt")
                ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Told" } } } },
                "responses": { "2XX": { "description": "Taken" } }
            }
        }
    })
}
