//! The shortest text that a regular expression matches, for the everyday part of the language:
//! literals, classes, groups, alternatives, repetition and anchors. Look-around and references
//! give up rather than guess.

use std::iter::Peekable;
use std::str::Chars;

/// Deeper nesting than this is nobody's schema.
const DEEPEST: usize = 32;
/// Repetitions of repetitions multiply; this is the longest text they make.
const LONGEST: usize = 100_000;

/// A match of at least `least` characters where the pattern leaves room for them.
pub(super) fn sample(pattern: &str, least: usize) -> Option<String> {
    // Each round allows open-ended repetitions one turn more.
    for extra in 0..=least.min(256) {
        let mut reader = Reader {
            chars: pattern.chars().peekable(),
            extra,
        };
        let text = reader.alternatives(0)?;
        if reader.chars.next().is_some() {
            return None;
        }
        if text.chars().count() >= least || extra == least.min(256) {
            return Some(text);
        }
    }
    None
}

struct Reader<'p> {
    chars: Peekable<Chars<'p>>,
    extra: usize,
}

impl Reader<'_> {
    /// Takes the first alternative; the others are read for their syntax only.
    fn alternatives(&mut self, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        let first = self.sequence(depth)?;
        while self.chars.next_if_eq(&'|').is_some() {
            self.sequence(depth)?;
        }
        Some(first)
    }

    fn sequence(&mut self, depth: usize) -> Option<String> {
        let mut text = String::new();
        while let Some(next) = self.chars.next_if(|c| !matches!(c, '|' | ')')) {
            let atom = match next {
                '^' | '$' => continue,
                '(' => self.group(depth)?,
                '[' => self.class()?.to_string(),
                '.' => "a".to_owned(),
                '\\' => match self.chars.next()? {
                    'b' | 'A' | 'Z' | 'z' => continue,
                    'B' | 'k' | 'p' | 'P' | '1'..='9' => return None,
                    escape => escaped(escape).to_string(),
                },
                literal => literal.to_string(),
            };
            let times = self.repetition()?;
            if text.len().saturating_add(atom.len().saturating_mul(times)) > LONGEST {
                return None;
            }
            text.push_str(&atom.repeat(times));
        }
        Some(text)
    }

    fn group(&mut self, depth: usize) -> Option<String> {
        if self.chars.next_if_eq(&'?').is_some() {
            match self.chars.next()? {
                ':' => {}
                // `(?P<name>...)` and `(?<name>...)`; `(?<=` and `(?<!` are look-behinds.
                'P' | '<' => {
                    let name: String = self.chars.by_ref().take_while(|c| *c != '>').collect();
                    if name.starts_with(['=', '!', '>']) {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let text = self.alternatives(depth + 1)?;
        self.chars.next_if_eq(&')').map(|_| text)
    }

    fn class(&mut self) -> Option<char> {
        let negated = self.chars.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        let mut first = true;
        loop {
            let next = self.chars.next()?;
            if next == ']' && !first {
                break;
            }
            first = false;
            let low = if next == '\\' {
                let escape = self.chars.next()?;
                ranges.extend(shorthand(escape));
                escaped(escape)
            } else {
                next
            };
            let mut high = low;
            let mut ahead = self.chars.clone();
            if ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']') {
                self.chars.next();
                high = match self.chars.next()? {
                    '\\' => escaped(self.chars.next()?),
                    plain => plain,
                };
            }
            ranges.push((low, high));
        }
        if !negated {
            return ranges.first().map(|(low, _)| *low);
        }
        let outside = |c: &char| !ranges.iter().any(|(low, high)| (low..=high).contains(&c));
        "ax0A_ -~".chars().find(outside)
    }

    fn repetition(&mut self) -> Option<usize> {
        let times = match self.chars.peek() {
            Some('*') => self.extra,
            Some('+') => 1 + self.extra,
            Some('?') => 0,
            Some('{') => return self.counted(),
            _ => return Some(1),
        };
        self.chars.next();
        self.chars.next_if(|c| matches!(c, '?' | '+'));
        Some(times)
    }

    fn counted(&mut self) -> Option<usize> {
        self.chars.next();
        let bounds: String = self.chars.by_ref().take_while(|c| *c != '}').collect();
        self.chars.next_if_eq(&'?');
        let (low, high) = bounds.split_once(',').unwrap_or((&bounds, &bounds));
        let low: usize = if low.is_empty() {
            0
        } else {
            low.trim().parse().ok()?
        };
        let high = match high.trim() {
            "" => usize::MAX,
            number => number.parse().ok()?,
        };
        Some(low.saturating_add(self.extra).min(high))
    }
}

/// One character for an escape, in or outside a class.
fn escaped(escape: char) -> char {
    match escape {
        'd' => '1',
        'w' | 'D' | 'S' => 'a',
        's' | 'W' => ' ',
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        literal => literal,
    }
}

/// What a shorthand covers, for classes that exclude it.
fn shorthand(escape: char) -> Vec<(char, char)> {
    match escape {
        'd' => vec![('1', '9'), ('0', '0')],
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        's' => vec![(' ', ' '), ('\t', '\r')],
        _ => Vec::new(),
    }
}
