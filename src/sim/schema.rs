//! An instance that satisfies a JSON Schema, filled with the user's own words where they fit.

mod combine;
mod scalar;

use serde_json::{Map, Value};

use super::words::Words;
use combine::Resolver;

/// From this depth on only what is required is filled in, which is what ends recursion.
const SHALLOW: usize = 4;
/// A schema that requires itself has no finite instance: it is cut off here.
const DEEPEST: usize = 32;
/// Wide recursive schemas grow fast; past this many values only what is required is filled in,
/// and past ten times that nothing is.
const MANY: usize = 2000;
/// How often a list of different items looks for another one.
const TRIES: usize = 16;

/// Builds the instance. `turn` tells apart several answers to one text, such as two calls of the
/// same tool: each takes another of the user's words.
pub(super) fn instance(schema: &Value, words: &Words, turn: usize) -> Value {
    let mut maker = Maker {
        resolver: Resolver::new(schema),
        words,
        turn,
        numbers: 0,
        made: 0,
    };
    maker.make(schema, "", Spot::default())
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, Default)]
struct Spot {
    depth: usize,
    /// Its place among its siblings in an array, which keeps them different.
    nth: usize,
}

struct Maker<'a> {
    resolver: Resolver<'a>,
    words: &'a Words,
    turn: usize,
    /// How many of the user's numbers are used up.
    numbers: usize,
    made: usize,
}

impl Maker<'_> {
    fn make(&mut self, schema: &Value, name: &str, spot: Spot) -> Value {
        self.made += 1;
        if spot.depth > DEEPEST || self.exhausted() {
            return Value::Null;
        }
        let terse = self.terse(spot.depth);
        let schema = self.resolver.flat(schema, terse, 0);
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(Value::Array(options)) = schema.get("enum") {
            return self.option(options, spot);
        }
        match kind(&schema) {
            "object" => self.object(&schema, spot),
            "array" => self.array(&schema, name, spot),
            "integer" => self.number(&schema, true, spot),
            "number" => self.number(&schema, false, spot),
            "boolean" => Value::Bool(true),
            "null" => Value::Null,
            _ => self.string(&schema, name, spot),
        }
    }

    fn exhausted(&self) -> bool {
        self.made > MANY * 10
    }

    fn terse(&self, depth: usize) -> bool {
        depth >= SHALLOW || self.made > MANY
    }

    /// The option that the user mentions, else the first one.
    fn option(&self, options: &[Value], spot: Spot) -> Value {
        // Whole words only: an option such as `a` is within almost any text.
        let spaced = |text: &str| {
            let words = text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty());
            format!(" {} ", words.collect::<Vec<_>>().join(" ").to_lowercase())
        };
        let text = spaced(&self.words.text);
        let said = |option: &&Value| {
            let word = option.as_str().map(spaced);
            word.is_some_and(|word| !word.trim().is_empty() && text.contains(&word))
        };
        let nth = spot.nth.checked_rem(options.len()).unwrap_or(0);
        let mentioned = options.iter().find(said).filter(|_| nth == 0);
        mentioned
            .or_else(|| options.get(nth))
            .cloned()
            .unwrap_or(Value::Null)
    }

    fn object(&mut self, schema: &Map<String, Value>, spot: Spot) -> Value {
        let inner = Spot {
            depth: spot.depth + 1,
            nth: spot.nth,
        };
        let mut required: Vec<&str> = Vec::new();
        if let Some(Value::Array(names)) = schema.get("required") {
            required.extend(names.iter().filter_map(Value::as_str));
        }
        let mut object = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let wanted = required.contains(&name.as_str());
            if !wanted && (self.terse(spot.depth) || *property == Value::Bool(false)) {
                continue;
            }
            // Whoever gives a default expects it to stand unless something better is known.
            let default = property
                .get("default")
                .filter(|value| !wanted && !value.is_null());
            let value = default
                .cloned()
                .unwrap_or_else(|| self.make(property, name, inner));
            object.insert(name.clone(), value);
        }
        let anything = Value::Bool(true);
        let additional = schema.get("additionalProperties").unwrap_or(&anything);
        for name in required {
            if !object.contains_key(name) {
                let value = self.make(additional, name, inner);
                object.insert(name.to_owned(), value);
            }
        }
        // A map from names to values: an entry shows what they look like.
        let open = additional.is_object() && object.is_empty() && !self.terse(spot.depth);
        let least = size(schema, "minProperties").unwrap_or(0).max(usize::from(open));
        for index in object.len()..least.min(MANY) {
            let name = if index == 0 {
                "key".to_owned()
            } else {
                format!("key{}", index + 1)
            };
            let value = self.make(additional, &name, inner);
            object.insert(name, value);
        }
        Value::Object(object)
    }

    fn array(&mut self, schema: &Map<String, Value>, name: &str, spot: Spot) -> Value {
        let depth = spot.depth + 1;
        let anything = Value::Bool(true);
        let mut array = Vec::new();
        let prefix = schema.get("prefixItems").and_then(Value::as_array);
        for item in prefix.into_iter().flatten() {
            let nth = array.len();
            array.push(self.make(item, name, Spot { depth, nth }));
        }
        let items = schema
            .get("items")
            .or(schema.get("contains"))
            .unwrap_or(&anything);
        let closed = *items == Value::Bool(false);
        let wanted = usize::from(!closed && prefix.is_none() && !self.terse(spot.depth));
        let least = size(schema, "minItems").unwrap_or(0).max(wanted);
        let most = size(schema, "maxItems").unwrap_or(usize::MAX);
        let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        for nth in array.len()..least.min(most).min(MANY) {
            if self.exhausted() {
                break;
            }
            let mut item = self.make(items, name, Spot { depth, nth });
            // Places further on give other values; where they do not, there is no other.
            for other in 1..TRIES {
                if !(unique && array.contains(&item)) {
                    break;
                }
                item = self.make(
                    items,
                    name,
                    Spot {
                        depth,
                        nth: nth + other,
                    },
                );
            }
            array.push(item);
        }
        Value::Array(array)
    }
}

/// The type to make, guessed from the other keywords where it is not given.
fn kind(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            kinds.find(|kind| *kind != "null").unwrap_or("null")
        }
        _ => {
            let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
            if has(&["properties", "required", "additionalProperties", "minProperties"]) {
                "object"
            } else if has(&["items", "prefixItems", "minItems", "contains"]) {
                "array"
            } else if has(&["minimum", "maximum", "multipleOf", "exclusiveMinimum"]) {
                "number"
            } else {
                "string"
            }
        }
    }
}

fn size(schema: &Map<String, Value>, key: &str) -> Option<usize> {
    usize::try_from(schema.get(key)?.as_u64()?).ok()
}
