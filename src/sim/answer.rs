//! What is said: the content of each choice, in the pieces it is streamed in.

use serde_json::{Value, json};

use super::chat_request::ChatRequest;
use super::errors::ApiError;
use super::faults::Fault;
use super::schema;
use super::server::Ask;
use super::tools::{self, Call, Calls};
use super::words::{self, Words};

/// Longest part of a user's text that is repeated.
const REPEATED: usize = 2000;
const TAIL: &str = "(A simulated answer: the same request always gets the same one.)";
const MEGABYTE: u64 = 1024 * 1024;
const MOST_MEGABYTES: u64 = 256;
const MOST_PIECES: u64 = 200_000;
const COUNTED: usize = 10_000;

/// One choice of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) reasoning: Vec<String>,
    pub(super) said: Said,
    pub(super) finish: &'static str,
    /// The stop sequence that ended it.
    pub(super) stopped_by: Option<String>,
}

#[derive(Debug)]
pub(super) enum Said {
    Text(Vec<String>),
    Refusal(Vec<String>),
    Tools(Vec<Call>),
    Function(Call),
    Nothing,
}

impl Answer {
    fn new(said: Said, finish: &'static str) -> Answer {
        Answer {
            reasoning: Vec::new(),
            said,
            finish,
            stopped_by: None,
        }
    }

    pub(super) fn calls(&self) -> &[Call] {
        match &self.said {
            Said::Tools(calls) => calls,
            _ => &[],
        }
    }

    /// What is said in words, a refusal included.
    pub(super) fn words(&self) -> &[String] {
        match &self.said {
            Said::Text(pieces) | Said::Refusal(pieces) => pieces,
            _ => &[],
        }
    }

    /// Token estimate of the reasoning and of everything.
    pub(super) fn tokens(&self) -> (usize, usize) {
        let reasoning = words::tokens(&self.reasoning);
        let call = |call: &Call| 4 + words::tokens(&words::pieces(&call.arguments));
        let said = match &self.said {
            Said::Text(pieces) | Said::Refusal(pieces) => words::tokens(pieces),
            Said::Tools(calls) => calls.iter().map(call).sum(),
            Said::Function(function) => call(function),
            Said::Nothing => 0,
        };
        (reasoning, reasoning + said)
    }
}

/// The choice with this index.
pub(super) fn compose(
    ask: &Ask<'_>,
    chat: &ChatRequest,
    fault: &Fault,
    index: usize,
) -> Result<Answer, ApiError> {
    let mut answer = match demanded(ask, fault) {
        Some(said) => Answer::new(said, "stop"),
        None => match tools::calls(chat, ask.hash.wrapping_add(index as u64))? {
            Calls::Tools(calls) => Answer::new(Said::Tools(calls), "tool_calls"),
            Calls::Function(call) => Answer::new(Said::Function(call), "function_call"),
            Calls::None => Answer::new(Said::Text(words::pieces(&text(chat, index))), "stop"),
        },
    };
    if fault.name() == "reasoning" || chat.reasons {
        let thought = format!("The user wrote: {} I should answer that.", repeated(chat));
        answer.reasoning = words::pieces(&thought);
    }
    limit(&mut answer, chat);
    Ok(answer)
}

/// What a fault says instead of an answer.
fn demanded(ask: &Ask<'_>, fault: &Fault) -> Option<Said> {
    let pieces = match fault.name() {
        "empty" => return Some(Said::Nothing),
        "refusal" => {
            let text = "I'm sorry, but I can't help with that request.";
            return Some(Said::Refusal(words::pieces(text)));
        }
        "huge" => huge(fault),
        "tokens" => {
            let count = fault.number("n").unwrap_or(1000).min(MOST_PIECES);
            let word = |n| {
                if n == 0 {
                    "token0".to_owned()
                } else {
                    format!(" token{n}")
                }
            };
            (0..count).map(word).collect()
        }
        // Line separators that JSON leaves alone and line splitters do not; then characters of
        // two, three and four bytes, some of them joined.
        "unicode" => words::pieces(
            "Ein schöner Tag\u{2028}line separator\u{2029}paragraph\u{85}next line 日本語 \
             العربية 👋🏽 👩‍👩‍👧 e\u{301} 𝄞 \u{0}null \u{feff}mark \"quoted\" back\\slash",
        ),
        "echo" => words::pieces(&String::from_utf8_lossy(ask.body)),
        "headers" => {
            let headers = ask.headers.iter();
            let headers = headers.map(|(name, value)| (name.clone(), Value::from(value.as_str())));
            words::pieces(&Value::Object(headers.collect()).to_string())
        }
        _ => return None,
    };
    Some(Said::Text(pieces))
}

fn huge(fault: &Fault) -> Vec<String> {
    let size = fault.number("mb").unwrap_or(5).min(MOST_MEGABYTES) * MEGABYTE;
    let chunks = fault
        .number("chunks")
        .unwrap_or(size / 16_384)
        .clamp(1, MOST_PIECES);
    let filling = "All work and no play makes Jack a dull boy. ";
    let piece = |index: u64| {
        // Differences of rounded positions: the pieces add up to the size exactly.
        let length = size * (index + 1) / chunks - size * index / chunks;
        filling
            .chars()
            .cycle()
            .take(usize::try_from(length).unwrap_or(0))
            .collect()
    };
    (0..chunks).map(piece).collect()
}

fn text(chat: &ChatRequest, index: usize) -> String {
    let format = chat.kind_of_format();
    if format == "json_schema" {
        let anything = json!({"type": "object"});
        let words = Words::of(&chat.user_text());
        let schema = chat.schema().unwrap_or(&anything);
        return schema::instance(schema, &words, index).to_string();
    }
    let text = spoken(chat);
    if format == "json_object" {
        return json!({"answer": text}).to_string();
    }
    // Several choices are worth telling apart.
    if index == 0 {
        text
    } else {
        format!("{text} (Choice {}.)", index + 1)
    }
}

fn spoken(chat: &ChatRequest) -> String {
    if matches!(chat.last_role(), "tool" | "function") {
        return format!("{} {TAIL}", results(chat));
    }
    let user = chat.user_text();
    if let Some((first, last)) = words::count(&user) {
        let down = first > last;
        let (low, high) = (first.min(last), first.max(last));
        let mut numbers: Vec<String> = (low..=high)
            .take(COUNTED)
            .map(|number| number.to_string())
            .collect();
        if down {
            numbers.reverse();
        }
        return numbers.join(", ");
    }
    if user.is_empty() {
        return format!("You said nothing. {TAIL}");
    }
    format!("You said: {} {TAIL}", repeated(chat))
}

fn repeated(chat: &ChatRequest) -> String {
    let text = chat.user_text();
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The tool results at the end of the conversation, each with the name of its tool.
fn results(chat: &ChatRequest) -> String {
    let messages = chat.list("messages");
    let calls: Vec<&Value> = messages
        .iter()
        .filter_map(|message| message.get("tool_calls")?.as_array())
        .flatten()
        .collect();
    let is_result = |message: &&&Value| {
        message
            .get("role")
            .is_some_and(|role| role == "tool" || role == "function")
    };
    let mut results: Vec<String> = messages
        .iter()
        .rev()
        .take_while(is_result)
        .map(|message| {
            let id = message.get("tool_call_id");
            let call = calls.iter().find(|call| id.is_some() && call.get("id") == id);
            let name = call.and_then(|call| call.pointer("/function/name"));
            let name = name.or_else(|| message.get("name")).and_then(Value::as_str);
            format!(
                "{} returned: {}",
                name.unwrap_or("The tool"),
                words::content(message)
            )
        })
        .collect();
    results.reverse();
    results.join("\n")
}

/// Stop sequences and the token limit, as far as they touch what is said.
fn limit(answer: &mut Answer, chat: &ChatRequest) {
    let Said::Text(pieces) = &mut answer.said else {
        return;
    };
    let stops = chat.stops();
    if !stops.is_empty() {
        let text = pieces.concat();
        let found = stops
            .iter()
            .filter(|stop| !stop.is_empty())
            .filter_map(|stop| Some((text.find(stop)?, *stop)));
        if let Some((end, stop)) = found.min() {
            truncate(pieces, end);
            answer.stopped_by = Some(stop.to_owned());
        }
    }
    if let Some(most) = chat.token_limit()
        && pieces.len() > most
    {
        pieces.truncate(most);
        answer.finish = "length";
        answer.stopped_by = None;
    }
}

/// Keeps the first `end` bytes.
fn truncate(pieces: &mut Vec<String>, end: usize) {
    let mut left = end;
    for piece in pieces.iter_mut() {
        let kept = left.min(piece.len());
        left -= kept;
        piece.truncate(kept);
    }
    pieces.retain(|piece| !piece.is_empty());
}
