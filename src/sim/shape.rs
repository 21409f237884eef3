//! The form of a request as data: what a dialect takes, so that what it does not take is refused and named. Each dialect
//! words the refusal itself.

use serde_json::{Map, Value};

/// What a value has to be. A null is as good as nothing at all wherever a field may be left out.
#[derive(Debug)]
pub(super) enum Shape {
    Any,
    Text,
    Number,
    Integer,
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// An object of these fields and no others.
    Object(&'static [Field]),
    /// The same, where a name may also be written with underscores, as in the JSON of protocol buffers.
    Proto(&'static [Field]),
    /// An object of any fields, each of this form.
    Map(&'static Shape),
    /// An object of any fields.
    Open,
    TextOr(&'static Shape),
    /// An object whose form is named by one of its fields; fields beside that one.
    Tagged(&'static str, &'static [(&'static str, &'static [Field])]),
}

#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    shape: &'static Shape,
    needed: bool,
}

/// A field that has to be there.
pub(super) const fn need(name: &'static str, shape: &'static Shape) -> Field {
    Field {
        name,
        shape,
        needed: true,
    }
}

/// A field that may be there.
pub(super) const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field {
        name,
        shape,
        needed: false,
    }
}

/// The first thing wrong with a value, and where.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    /// Names of fields and numbers of items.
    pub(super) path: Vec<String>,
    pub(super) fault: Wrong,
}

#[derive(Debug, PartialEq)]
pub(super) enum Wrong {
    /// A field that the form does not have.
    Unknown,
    Missing,
    /// Not of this type.
    Type(&'static str),
    /// Not one of these words.
    Word(Vec<&'static str>),
}

impl Shape {
    pub(super) fn check(&self, value: &Value) -> Result<(), Problem> {
        self.walk(value).map_err(|mut problem| {
            problem.path.reverse();
            problem
        })
    }

    // The path is gathered from the inside out.
    fn walk(&self, value: &Value) -> Result<(), Problem> {
        let is = |right: bool, name| {
            if right {
                Ok(())
            } else {
                Err(wrong(Wrong::Type(name)))
            }
        };
        match self {
            Shape::Any => Ok(()),
            Shape::Text => is(value.is_string(), "string"),
            Shape::Number => is(value.is_number(), "number"),
            Shape::Integer => is(value.is_i64() || value.is_u64(), "integer"),
            Shape::Flag => is(value.is_boolean(), "boolean"),
            Shape::Open => is(value.is_object(), "object"),
            Shape::Word(words) => match value.as_str() {
                Some(word) if words.contains(&word) => Ok(()),
                _ => Err(wrong(Wrong::Word(words.to_vec()))),
            },
            Shape::List(shape) => match value {
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .try_for_each(|(index, item)| shape.walk(item).map_err(|problem| problem.inside(index))),
                _ => is(false, "array"),
            },
            Shape::TextOr(shape) => match value {
                Value::String(_) => Ok(()),
                _ => shape.walk(value),
            },
            Shape::Object(known) => match value {
                Value::Object(object) => fields(object, known, None),
                _ => is(false, "object"),
            },
            Shape::Proto(known) => match value {
                Value::Object(object) => {
                    let renamed = object.iter().map(|(key, value)| (camel(key), value.clone()));
                    fields(&renamed.collect(), known, None).map_err(|problem| problem.written(object))
                }
                _ => is(false, "object"),
            },
            Shape::Map(shape) => match value {
                Value::Object(object) => object
                    .iter()
                    .try_for_each(|(key, value)| shape.walk(value).map_err(|problem| problem.inside(key))),
                _ => is(false, "object"),
            },
            Shape::Tagged(tag, forms) => match value {
                Value::Object(object) => tagged(object, tag, forms),
                _ => is(false, "object"),
            },
        }
    }
}

/// `max_output_tokens` is `maxOutputTokens`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.extend(letters);
    }
    camel
}

/// `maxOutputTokens` is `max_output_tokens`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn tagged(
    object: &Map<String, Value>,
    tag: &'static str,
    forms: &[(&'static str, &'static [Field])],
) -> Result<(), Problem> {
    let Some(found) = object.get(tag) else {
        return Err(wrong(Wrong::Missing).inside(tag));
    };
    match forms.iter().find(|(name, _)| found == name) {
        Some((_, known)) => fields(object, known, Some(tag)),
        None => {
            let words = forms.iter().map(|(name, _)| *name).collect();
            Err(wrong(Wrong::Word(words)).inside(tag))
        }
    }
}

fn fields(object: &Map<String, Value>, known: &[Field], tag: Option<&str>) -> Result<(), Problem> {
    for field in known {
        match object.get(field.name) {
            None if field.needed => return Err(wrong(Wrong::Missing).inside(field.name)),
            None => {}
            Some(Value::Null) if !field.needed => {}
            Some(value) => field
                .shape
                .walk(value)
                .map_err(|problem| problem.inside(field.name))?,
        }
    }
    let stranger = object
        .keys()
        .find(|key| tag != Some(key.as_str()) && !known.iter().any(|field| field.name == key.as_str()));
    stranger.map_or(Ok(()), |key| Err(wrong(Wrong::Unknown).inside(key)))
}

fn wrong(fault: Wrong) -> Problem {
    Problem {
        path: Vec::new(),
        fault,
    }
}

impl Problem {
    /// An unknown field under the name that it was sent with.
    fn written(mut self, object: &Map<String, Value>) -> Problem {
        if let (Wrong::Unknown, [name]) = (&self.fault, self.path.as_mut_slice())
            && let Some(key) = object.keys().find(|key| camel(key) == *name)
        {
            name.clone_from(key);
        }
        self
    }

    fn inside(mut self, step: impl ToString) -> Problem {
        self.path.push(step.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Shape::{Integer, List, Map, Object, Proto, Tagged, Text, TextOr, Word};
    use super::*;

    static PART: Shape = Tagged("type", &[("text", &[need("text", &Text)]), ("stop", &[])]);
    static WHOLE: Shape = Object(&[
        need("model", &Text),
        may("parts", &TextOr(&List(&PART))),
        may(
            "config",
            &Proto(&[may("maxTokens", &Integer), may("mode", &Word(&["A", "B"]))]),
        ),
        may("labels", &Map(&Text)),
    ]);

    fn wrong(value: &Value) -> (String, Wrong) {
        let problem = WHOLE.check(value).unwrap_err();
        (problem.path.join("."), problem.fault)
    }

    #[test]
    fn what_fits_passes() {
        for value in [
            json!({"model": "m"}),
            json!({"model": "m", "parts": "text", "config": null}),
            json!({"model": "m", "parts": [{"type": "text", "text": "t"}, {"type": "stop"}]}),
            json!({"model": "m", "config": {"max_tokens": 1, "mode": "B"}, "labels": {"any": "text"}}),
            json!({"model": "m", "config": {"maxTokens": 1}}),
        ] {
            assert_eq!(WHOLE.check(&value), Ok(()), "{value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let at = |path: &str, fault| (path.to_owned(), fault);
        assert_eq!(wrong(&json!([])), at("", Wrong::Type("object")));
        assert_eq!(wrong(&json!({})), at("model", Wrong::Missing));
        assert_eq!(wrong(&json!({"model": null})), at("model", Wrong::Type("string")));
        assert_eq!(wrong(&json!({"model": "m", "x": 1})), at("x", Wrong::Unknown));
        assert_eq!(
            wrong(&json!({"model": "m", "parts": [{"type": "stop"}, {"type": "stop", "text": "t"}]})),
            at("parts.1.text", Wrong::Unknown)
        );
        assert_eq!(
            wrong(&json!({"model": "m", "parts": [{"type": "image"}]})),
            at("parts.0.type", Wrong::Word(vec!["text", "stop"]))
        );
        // An unknown name is told as it was written.
        assert_eq!(
            wrong(&json!({"model": "m", "config": {"max_tokenz": 1}})),
            at("config.max_tokenz", Wrong::Unknown)
        );
        assert_eq!(
            wrong(&json!({"model": "m", "config": {"max_tokens": 1.5}})),
            at("config.maxTokens", Wrong::Type("integer"))
        );
        assert_eq!(
            wrong(&json!({"model": "m", "labels": {"a": 1}})),
            at("labels.a", Wrong::Type("string"))
        );
    }
}
