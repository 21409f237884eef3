//! The list of models: some ordinary names, and every fault.

use serde_json::{Value, json};

use super::errors::ApiError;
use super::faults::FAULTS;
use super::plain;
use super::reply::Reply;
use super::server::Ask;

/// Any other name is served, too; these are for clients that show a list.
const ORDINARY: &[&str] = &["gpt-4o", "gpt-4o-mini", "o3-mini", "text-embedding-3-small"];
const CREATED: u64 = 1_700_000_000;

pub(super) fn list(_ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let faults = FAULTS.iter().map(|(name, _)| format!("sim/{name}"));
    let names = ORDINARY.iter().map(|name| (*name).to_owned()).chain(faults);
    let data: Vec<Value> = names.map(|name| model(&name)).collect();
    Ok(Reply::json(200, &json!({"object": "list", "data": data})))
}

/// One model. Faults strike here as well: asking for `sim/404` finds nothing.
pub(super) fn one(ask: &Ask<'_>, name: &str) -> Result<Reply, ApiError> {
    Ok(plain::answer(ask, name, &model(name)))
}

fn model(name: &str) -> Value {
    json!({"id": name, "object": "model", "created": CREATED, "owned_by": "simulator"})
}
