//! Text as the simulator sees it: tokens, and the words of a user worth repeating.

use serde_json::Value;

/// Letters in the longest token; longer words are cut.
const LONGEST: usize = 12;

/// Splits text into what the simulator calls tokens: a word with the space before it.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut current = String::new();
    let (mut spaces, mut letters) = (0, 0);
    for character in text.chars() {
        let space = character.is_whitespace();
        if (space && (letters > 0 || spaces == LONGEST)) || letters == LONGEST {
            pieces.push(std::mem::take(&mut current));
            (spaces, letters) = (0, 0);
        }
        current.push(character);
        if space {
            spaces += 1;
        } else {
            letters += 1;
        }
    }
    if !current.is_empty() {
        pieces.push(current);
    }
    pieces
}

/// A piece is a token; the long ones of a huge answer are worth more.
pub(super) fn tokens(pieces: &[String]) -> usize {
    let worth = |piece: &String| {
        if piece.len() <= 64 {
            1
        } else {
            piece.len().div_ceil(4)
        }
    };
    pieces.iter().map(worth).sum()
}

/// The text of a message's content, given as a string or as parts.
pub(super) fn content(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// `Count 1 to 5` and its likes: the first and the last number.
pub(super) fn count(text: &str) -> Option<(i64, i64)> {
    let lower = text.to_lowercase();
    let mut words = lower
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-'))
        .skip_while(|word| *word != "count")
        .skip(1)
        .filter(|word| !matches!(*word, "from" | "up" | "numbers"))
        .peekable();
    let first = match words.peek()?.parse() {
        Ok(number) => {
            words.next();
            number
        }
        Err(_) => 1,
    };
    if !matches!(words.next()?, "to" | "through" | "until" | "till") {
        return None;
    }
    let last = words.next()?.parse().ok()?;
    Some((first, last))
}

/// What a user's text offers to fill arguments with.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) text: String,
    /// Capitalised words, neighbours joined: `San Francisco`.
    pub(super) names: Vec<String>,
    pub(super) numbers: Vec<f64>,
    /// Longer words, the last ones of a sentence being the likeliest subject.
    pub(super) plain: Vec<String>,
}

impl Words {
    pub(super) fn of(text: &str) -> Words {
        let mut words = Words {
            text: text.to_owned(),
            ..Words::default()
        };
        let mut opening = None;
        // Whether the next word opens a sentence, and whether it continues a name.
        let (mut opens, mut continues) = (true, false);
        for raw in text.split_whitespace() {
            let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
            if word.is_empty() {
                continues = false;
                continue;
            }
            if let Ok(number) = word.parse::<f64>()
                && number.is_finite()
            {
                let negative = raw.trim_start_matches(['(', '$', ',']).starts_with('-');
                words.numbers.push(if negative { -number } else { number });
            }
            let capital = word.starts_with(char::is_uppercase) && word != "I";
            let word = word
                .strip_suffix("'s")
                .or(word.strip_suffix("’s"))
                .unwrap_or(word);
            if capital && opens {
                opening.get_or_insert_with(|| word.to_owned());
            } else if capital {
                match words.names.last_mut().filter(|_| continues) {
                    Some(name) => {
                        name.push(' ');
                        name.push_str(word);
                    }
                    None => words.names.push(word.to_owned()),
                }
            } else if word.chars().count() > 3 {
                words.plain.push(word.to_owned());
            }
            opens = raw.ends_with(['.', '!', '?', ':']);
            continues = capital && !opens && raw.ends_with(char::is_alphanumeric);
        }
        // Capitalised only because it opens the sentence: better than nothing.
        if words.names.is_empty() && words.plain.is_empty() {
            words.names.extend(opening);
        }
        words
    }

    /// A name, a different one at each turn while there are some.
    pub(super) fn name(&self, turn: usize) -> Option<&str> {
        let index = turn.checked_rem(self.names.len())?;
        self.names.get(index).map(String::as_str)
    }

    /// The likeliest subject, counted from the end.
    pub(super) fn subject(&self, turn: usize) -> Option<&str> {
        let index = turn.checked_rem(self.plain.len())?;
        self.plain.iter().rev().nth(index).map(String::as_str)
    }
}
