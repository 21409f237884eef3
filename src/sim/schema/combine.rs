//! `$ref`, `allOf`, `anyOf` and `oneOf` folded into one plain schema.

use std::cell::Cell;

use serde_json::{Map, Value, json};

type Schema = Map<String, Value>;

/// References to references, and the like, end after this many steps.
const STEPS: usize = 64;
/// Combinators within combinators multiply; this many are folded for one instance.
const FOLDS: usize = 20_000;

/// Looks references up in the schema it started from.
pub(super) struct Resolver<'a> {
    root: &'a Value,
    folds: Cell<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(root: &'a Value) -> Resolver<'a> {
        Resolver {
            root,
            folds: Cell::new(0),
        }
    }

    /// The schema without combinators. `terse` prefers the alternatives that end soonest.
    pub(super) fn flat(&self, schema: &Value, terse: bool, nested: usize) -> Schema {
        let mut flat = schema.as_object().cloned().unwrap_or_default();
        self.folds.set(self.folds.get() + 1);
        if nested > STEPS || self.folds.get() > FOLDS {
            return flat;
        }
        for _ in 0..STEPS {
            if let Some(Value::String(reference)) = flat.remove("$ref") {
                let target = self.lookup(&reference).and_then(Value::as_object).cloned();
                flat = merge(target.unwrap_or_default(), flat);
            } else if let Some(Value::Array(parts)) = flat.remove("allOf") {
                for part in &parts {
                    flat = merge(flat, self.flat(part, terse, nested + 1));
                }
            } else if let Some(Value::Array(branches)) = flat.remove("anyOf").or_else(|| flat.remove("oneOf"))
            {
                flat = merge(flat, self.pick(&branches, terse, nested + 1));
            } else {
                break;
            }
        }
        flat
    }

    fn lookup(&self, reference: &str) -> Option<&Value> {
        let pointer = reference.strip_prefix('#')?;
        self.root.pointer(pointer).or_else(|| {
            // Generic models have names such as `Page[Item]`, which some tools escape.
            let query = format!("p={}", pointer.replace('+', "%2B"));
            let decoded = url::form_urlencoded::parse(query.as_bytes())
                .next()?
                .1
                .into_owned();
            self.root.pointer(&decoded)
        })
    }

    fn pick(&self, branches: &[Value], terse: bool, nested: usize) -> Schema {
        let flat = branches.iter().map(|branch| self.flat(branch, terse, nested));
        if terse {
            return flat.min_by_key(weight).unwrap_or_default();
        }
        let mut flat: Vec<Schema> = flat.collect();
        let something = flat.iter().position(|branch| weight(branch) > 0).unwrap_or(0);
        if something < flat.len() {
            flat.swap_remove(something)
        } else {
            Schema::new()
        }
    }
}

/// How much it takes to satisfy a schema.
fn weight(schema: &Schema) -> u8 {
    match schema.get("type").and_then(Value::as_str) {
        Some("null") => 0,
        Some("string" | "number" | "integer" | "boolean") => 1,
        Some("array") => 2,
        Some("object") => 3,
        _ if schema.get("const").is_some_and(Value::is_null) => 0,
        _ if schema.contains_key("enum") || schema.contains_key("const") => 1,
        _ => 3,
    }
}

/// A schema that asks for what both ask for.
fn merge(base: Schema, over: Schema) -> Schema {
    let mut merged = base;
    for (key, new) in over {
        let value = match merged.remove(&key) {
            Some(old) => both(&key, old, new),
            None => new,
        };
        merged.insert(key, value);
    }
    merged
}

fn both(key: &str, old: Value, new: Value) -> Value {
    match (key, old, new) {
        ("properties", Value::Object(mut old), Value::Object(new)) => {
            for (name, property) in new {
                let property = match old.get(&name) {
                    Some(known) if *known != property => json!({"allOf": [known, property]}),
                    _ => property,
                };
                old.insert(name, property);
            }
            Value::Object(old)
        }
        ("required", Value::Array(mut old), Value::Array(new)) => {
            for name in new {
                if !old.contains(&name) {
                    old.push(name);
                }
            }
            Value::Array(old)
        }
        ("enum", Value::Array(mut old), Value::Array(new)) => {
            old.retain(|option| new.contains(option));
            Value::Array(old)
        }
        ("type", old, new) => common_type(old, new),
        ("minimum" | "exclusiveMinimum" | "minLength" | "minItems", old, new) => {
            if old.as_f64() > new.as_f64() { old } else { new }
        }
        ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems", old, new) => {
            if old.as_f64() < new.as_f64() { old } else { new }
        }
        // Where both speak and neither is stricter, the later one counts.
        (_, _, new) => new,
    }
}

fn common_type(old: Value, new: Value) -> Value {
    let list = |value: &Value| match value {
        Value::Array(kinds) => kinds.clone(),
        one => vec![one.clone()],
    };
    let allowed = list(&new);
    // Every integer is a number.
    let fits =
        |kind: &Value| allowed.contains(kind) || (*kind == "integer" && allowed.contains(&json!("number")));
    let mut kinds = list(&old);
    kinds.retain(fits);
    match kinds.len() {
        0 => new,
        1 => kinds.swap_remove(0),
        _ => Value::Array(kinds),
    }
}
