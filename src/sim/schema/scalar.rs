//! Strings and numbers within their bounds.

use serde_json::{Map, Value};

use super::super::pattern;
use super::{Maker, Spot, size};

/// Nothing needs a longer filling than this.
const LONGEST: usize = 1 << 20;

impl Maker<'_> {
    pub(super) fn string(&self, schema: &Map<String, Value>, name: &str, spot: Spot) -> Value {
        let least = size(schema, "minLength").unwrap_or(0).min(LONGEST);
        let most = size(schema, "maxLength").unwrap_or(usize::MAX);
        if let Some(text) = schema.get("format").and_then(Value::as_str).and_then(format) {
            // A second address in a list has to be another one.
            let text = if spot.nth > 0 {
                text.replacen("user", &format!("user{}", spot.nth + 1), 1)
            } else {
                text.to_owned()
            };
            return Value::String(text);
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && let Some(text) = pattern::sample(pattern, least)
        {
            return Value::String(text);
        }
        let mut text = self.word(name, self.turn + spot.nth);
        if spot.nth > 0 && schema.get("minLength").is_none() && self.words.plain.len() <= spot.nth {
            text = format!("{text} {}", spot.nth + 1);
        }
        let length = text.chars().count();
        if length > most {
            text = text.chars().take(most).collect();
        }
        text.extend(std::iter::repeat_n('x', least.saturating_sub(length)));
        Value::String(text)
    }

    /// What the user would mean by a property of this name.
    fn word(&self, name: &str, turn: usize) -> String {
        let lower = name.to_lowercase();
        let is = |hints: &[&str]| hints.iter().any(|hint| lower.contains(hint));
        let whole = is(&[
            "query", "prompt", "text", "message", "question", "content", "input",
        ]);
        let said = if whole && !self.words.text.is_empty() {
            Some(self.words.text.as_str())
        } else {
            self.words.name(turn).or_else(|| self.words.subject(turn))
        };
        match said {
            Some(word) => word.to_owned(),
            None if is(&["city", "location", "place", "town"]) => "Paris".to_owned(),
            None if lower.is_empty() => "text".to_owned(),
            None => name.to_owned(),
        }
    }

    pub(super) fn number(&mut self, schema: &Map<String, Value>, whole: bool, spot: Spot) -> Value {
        let bounds = Bounds::of(schema, whole);
        // The user's numbers go to the properties in order.
        let said = self.words.numbers.get(self.numbers).copied();
        if let Some(number) = said.filter(|number| bounds.allow(*number)) {
            self.numbers += 1;
            return bounds.value(number);
        }
        let first = bounds.smallest();
        let next = first + bounds.step.unwrap_or(1.0) * spot.nth as f64;
        bounds.value(if bounds.allow(next) { next } else { first })
    }
}

struct Bounds {
    low: f64,
    high: f64,
    open_low: bool,
    open_high: bool,
    step: Option<f64>,
    whole: bool,
}

impl Bounds {
    fn of(schema: &Map<String, Value>, whole: bool) -> Bounds {
        let number = |key: &str| schema.get(key).and_then(Value::as_f64);
        let (minimum, above) = (number("minimum"), number("exclusiveMinimum"));
        let (maximum, below) = (number("maximum"), number("exclusiveMaximum"));
        let low = minimum
            .unwrap_or(f64::NEG_INFINITY)
            .max(above.unwrap_or(f64::NEG_INFINITY));
        let high = maximum
            .unwrap_or(f64::INFINITY)
            .min(below.unwrap_or(f64::INFINITY));
        // An older draft has the exclusive ones as booleans beside the bound.
        let flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        Bounds {
            low,
            high,
            open_low: above.is_some_and(|above| above >= low) || flag("exclusiveMinimum"),
            open_high: below.is_some_and(|below| below <= high) || flag("exclusiveMaximum"),
            step: number("multipleOf").filter(|step| *step > 0.0),
            whole,
        }
    }

    fn allow(&self, number: f64) -> bool {
        let above = if self.open_low {
            number > self.low
        } else {
            number >= self.low
        };
        let below = if self.open_high {
            number < self.high
        } else {
            number <= self.high
        };
        let even = self.step.is_none_or(|step| {
            let turns = number / step;
            (turns - turns.round()).abs() < 1e-9
        });
        above && below && even && !(self.whole && number.fract() != 0.0)
    }

    /// A plain number that fits: a one where it does, else the nearest to the bound.
    fn smallest(&self) -> f64 {
        let step = self.step.unwrap_or(1.0);
        let start = if self.low.is_finite() {
            (self.low / step).ceil() * step
        } else if self.high.is_finite() {
            (self.high / step).floor() * step
        } else {
            step
        };
        let middle = (self.low + self.high) / 2.0;
        let candidates = [
            1.0,
            start,
            start + step,
            start - step,
            self.low,
            self.high,
            middle,
            0.0,
        ];
        candidates
            .into_iter()
            .find(|number| self.allow(*number))
            .unwrap_or(start)
    }

    fn value(&self, number: f64) -> Value {
        // Beyond 2^53 a float no longer names one integer.
        if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
            Value::from(number as i64)
        } else {
            Value::from(number)
        }
    }
}

fn format(name: &str) -> Option<&'static str> {
    Some(match name {
        "date" => "2024-01-15",
        "date-time" => "2024-01-15T10:30:00Z",
        "time" => "10:30:00Z",
        "duration" => "PT1H",
        "email" | "idn-email" => "user@example.com",
        "uuid" => "123e4567-e89b-42d3-a456-426614174000",
        "uri" | "url" | "iri" => "https://example.com/",
        "uri-reference" | "iri-reference" | "path" => "/example",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "binary" | "byte" => "AAAA",
        "json-pointer" => "/example",
        _ => return None,
    })
}
