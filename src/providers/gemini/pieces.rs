//! Calls whose arguments come in pieces (`streamFunctionCallArguments` of Vertex AI): each piece says by a JSON path
//! where in the arguments it belongs, and the call is handed on when it is whole.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::event::{Call, Part};

/// The call that is coming.
#[derive(Debug, Default)]
pub(super) struct Open(Option<Pending>);

#[derive(Debug, Default)]
struct Pending {
    id: Option<String>,
    name: Option<String>,
    signature: Option<String>,
    args: Value,
}

impl Open {
    /// Takes pieces out of `parts`; a call that becomes whole stands where its last piece came. After `last` nothing
    /// more comes.
    pub(super) fn gather(&mut self, parts: &mut Vec<Part<'_>>, last: bool) {
        let is_piece = |part: &Part<'_>| part.call.as_ref().is_some_and(Call::is_piece);
        if self.0.is_none() && !parts.iter().any(is_piece) {
            return;
        }
        let came = std::mem::take(parts);
        for mut part in came {
            let Some(call) = part.call.take_if(|call| self.0.is_some() || call.is_piece()) else {
                parts.push(part);
                continue;
            };
            let known = self.0.as_ref().is_some_and(|open| open.name.is_some());
            if call.name.is_some() && known {
                parts.extend(self.close());
            }
            let open = self.0.get_or_insert_default();
            let goes_on = call.goes_on();
            open.add(call, part.signature.take());
            if !goes_on {
                parts.extend(self.close());
            }
        }
        if last {
            parts.extend(self.close());
        }
    }

    fn close(&mut self) -> Option<Part<'static>> {
        let Pending {
            id,
            name,
            signature,
            args,
        } = self.0.take()?;
        Some(Part {
            call: Some(Call {
                id: id.map(Cow::Owned),
                name: name.map(Cow::Owned),
                args: (!args.is_null()).then(|| args.to_string().into()),
                ..Call::default()
            }),
            signature: signature.map(Cow::Owned),
            ..Part::default()
        })
    }
}

impl Pending {
    fn add(&mut self, call: Call<'_>, signature: Option<Cow<'_, str>>) {
        if let Some(id) = call.id {
            self.id = Some(id.into_owned());
        }
        if let Some(name) = call.name {
            self.name = Some(name.into_owned());
        }
        if let Some(signature) = signature {
            self.signature = Some(signature.into_owned());
        }
        if let Some(args) = call.args {
            self.args = serde_json::from_str(&args).unwrap_or_default();
        }
        for piece in call
            .partial_args
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let path = piece.get("jsonPath").and_then(Value::as_str).unwrap_or("$");
            let value = ["stringValue", "numberValue", "boolValue"]
                .iter()
                .find_map(|name| piece.get(name));
            let Some(place) = place(&mut self.args, path) else {
                continue;
            };
            match (place, value) {
                (Value::String(text), Some(Value::String(more))) => text.push_str(more),
                (place, value) => *place = value.cloned().unwrap_or_default(),
            }
        }
    }
}

/// Where `path` (`$.foo.bar[0]`, `$['foo']`) leads to; what is missing on the way is made, within reason.
fn place<'a>(mut at: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    const DEEPEST: usize = 64;
    const FURTHEST: usize = 1024;
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    for _ in 0..DEEPEST {
        let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
            inside.split_once(']').unwrap_or((inside, ""))
        } else {
            let named = rest.strip_prefix('.').unwrap_or(rest);
            named.split_at(named.find(['.', '[']).unwrap_or(named.len()))
        };
        if step.is_empty() {
            return Some(at);
        }
        let number = step.parse::<usize>().ok().filter(|_| rest.starts_with('['));
        at = if let Some(number) = number.filter(|number| *number < FURTHEST) {
            if !at.is_array() {
                *at = Value::Array(Vec::new());
            }
            let items = at.as_array_mut()?;
            if items.len() <= number {
                items.resize(number + 1, Value::Null);
            }
            items.get_mut(number)?
        } else {
            let name = step.trim_matches(['\'', '"']);
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            at.as_object_mut()?.entry(name.to_owned()).or_insert(Value::Null)
        };
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn gathered(open: &mut Open, parts: &Value, last: bool) -> Vec<(Option<String>, Option<Value>)> {
        let text = parts.to_string();
        let mut parts: Vec<Part<'_>> = serde_json::from_str(&text).unwrap();
        open.gather(&mut parts, last);
        let calls = parts.into_iter().filter_map(|part| part.call);
        calls
            .map(|call| {
                (
                    call.name.map(Cow::into_owned),
                    call.args.map(|args| serde_json::from_str(&args).unwrap()),
                )
            })
            .collect()
    }

    #[test]
    fn pieces_become_one_call() {
        let mut open = Open::default();
        let none = gathered(
            &mut open,
            &json!([{"functionCall": {"name": "f", "willContinue": true}}]),
            false,
        );
        assert!(none.is_empty());
        let pieces = json!([{"jsonPath": "$.city", "stringValue": "Par", "willContinue": true}, {"jsonPath": "$.list[1].n", "numberValue": 2}]);
        let none = gathered(
            &mut open,
            &json!([{"functionCall": {"partialArgs": pieces, "willContinue": true}}]),
            false,
        );
        assert!(none.is_empty());
        let pieces = json!([{"jsonPath": "$.city", "stringValue": "is"}, {"jsonPath": "$['a b']", "boolValue": true}, {"jsonPath": "$.z", "nullValue": "NULL_VALUE"}]);
        let none = gathered(
            &mut open,
            &json!([{"functionCall": {"partialArgs": pieces, "willContinue": true}}]),
            false,
        );
        assert!(none.is_empty());
        let whole = json!({"city": "Paris", "list": [null, {"n": 2}], "a b": true, "z": null});
        assert_eq!(
            gathered(
                &mut open,
                &json!([{"functionCall": {}}, {"functionCall": {"name": "g", "args": {"x": 1}}}]),
                false
            ),
            [
                (Some("f".to_owned()), Some(whole)),
                (Some("g".to_owned()), Some(json!({"x": 1})))
            ]
        );
    }

    #[test]
    fn a_next_call_or_the_end_closes_one() {
        let mut open = Open::default();
        let two = json!([{"functionCall": {"name": "f", "willContinue": true}}, {"functionCall": {"name": "g", "willContinue": true}}]);
        assert_eq!(gathered(&mut open, &two, false), [(Some("f".to_owned()), None)]);
        assert_eq!(
            gathered(&mut open, &json!([]), true),
            [(Some("g".to_owned()), None)]
        );
        assert!(gathered(&mut open, &json!([]), true).is_empty());
    }
}
