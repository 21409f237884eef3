//! Conversations as one text, in the templates that the makers of the models publish.

use serde_json::Value;

use super::super::model::Model;
use crate::error::{Error, Result};
use crate::params::ParamRules;
use crate::providers::openai::params::{LOGPROBS, PENALTIES, THINKING};

/// Models that take a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Llama2,
    Llama,
    Mistral,
    /// Qwen's template, for imported models.
    Qwen,
    /// `true` for an imported model.
    DeepSeek(bool),
    Titan,
    /// A message with its history apart.
    Command,
}

const NOWHERE: &[&str] = &[
    "n",
    "seed",
    "logit_bias",
    "store",
    "verbosity",
    "prompt_cache_key",
    "safety_identifier",
    "prediction",
    "modalities",
    "audio",
    "functions",
    "function_call",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "reasoning_effort",
    "web_search_options",
];
static TEXT: ParamRules = ParamRules {
    unsupported: &[NOWHERE, PENALTIES, LOGPROBS, THINKING],
    ..ParamRules::ALL
};
static ENDLESS: ParamRules = ParamRules {
    unsupported: &[NOWHERE, PENALTIES, LOGPROBS, THINKING, &["stop"]],
    ..ParamRules::ALL
};

impl Family {
    pub(super) fn of(model: Model<'_>) -> Option<Self> {
        let imported = model.id.starts_with("arn:");
        Some(match model {
            model if model.is("llama2") => Self::Llama2,
            model if model.is("llama") => Self::Llama,
            model if model.is("deepseek_r1") || model.is("deepseek.r1") => Self::DeepSeek(imported),
            model if model.family.starts_with("qwen2/") || model.family.starts_with("qwen3/") => Self::Qwen,
            model if model.is("titan-t") => Self::Titan,
            model if model.is("cohere.command-r") => Self::Command,
            // Later ones take messages.
            model
                if [
                    "mistral-7b",
                    "mixtral",
                    "mistral-large-2402",
                    "mistral-small-2402",
                ]
                .iter()
                .any(|name| model.is(name)) =>
            {
                Self::Mistral
            }
            _ => return None,
        })
    }

    pub(super) fn rules(self) -> &'static ParamRules {
        match self {
            Self::Llama2 | Self::Llama | Self::Qwen | Self::DeepSeek(true) => &ENDLESS,
            Self::Mistral | Self::DeepSeek(false) | Self::Titan | Self::Command => &TEXT,
        }
    }

    /// Whether the answer begins amid a thought.
    pub(super) fn thinks(self) -> bool {
        matches!(self, Self::DeepSeek(_))
    }

    /// The text that the model goes on with.
    pub(super) fn prompt(self, turns: &[Turn]) -> String {
        let each = |write: &dyn Fn(&Turn) -> String| turns.iter().map(write).collect::<String>();
        match self {
            Self::Llama => {
                let said = each(&|turn| {
                    format!(
                        "<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>",
                        turn.role, turn.text
                    )
                });
                format!("<|begin_of_text|>{said}<|start_header_id|>assistant<|end_header_id|>\n\n")
            }
            Self::Qwen => {
                let said = each(&|turn| format!("<|im_start|>{}\n{}<|im_end|>\n", turn.role, turn.text));
                format!("{said}<|im_start|>assistant\n")
            }
            Self::DeepSeek(_) => {
                let said = each(&|turn| match turn.role {
                    "system" => turn.text.clone(),
                    "assistant" => format!("<｜Assistant｜>{}<｜end▁of▁sentence｜>", turn.text),
                    _ => format!("<｜User｜>{}", turn.text),
                });
                format!("<｜begin▁of▁sentence｜>{said}<｜Assistant｜><think>\n")
            }
            Self::Titan | Self::Command => {
                let said = each(&|turn| match turn.role {
                    "system" => format!("{}\n\n", turn.text),
                    "assistant" => format!("Bot: {}\n", turn.text),
                    _ => format!("User: {}\n", turn.text),
                });
                format!("{said}Bot:")
            }
            Self::Llama2 | Self::Mistral => self.instructions(turns),
        }
    }

    /// `[INST] ... [/INST]`: what the system says belongs to the user's next words.
    fn instructions(self, turns: &[Turn]) -> String {
        let mut written = "<s>".to_owned();
        let mut pending = String::new();
        for turn in turns {
            match turn.role {
                "assistant" => {
                    if !pending.is_empty() {
                        written.push_str(&format!("[INST] {pending} [/INST]"));
                        pending.clear();
                    }
                    written.push_str(&format!(" {}</s>", turn.text));
                    if self == Self::Llama2 {
                        written.push_str("<s>");
                    }
                }
                role => {
                    if !pending.is_empty() {
                        pending.push_str("\n\n");
                    }
                    if role == "system" && self == Self::Llama2 {
                        pending.push_str(&format!("<<SYS>>\n{}\n<</SYS>>", turn.text));
                    } else {
                        pending.push_str(&turn.text);
                    }
                }
            }
        }
        if !pending.is_empty() {
            written.push_str(&format!("[INST] {pending} [/INST]"));
        }
        written
    }
}

/// Something that was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub role: &'static str,
    pub text: String,
}

/// Messages as texts.
///
/// # Errors
/// `BadRequest` that names the message: the dialect knows nothing but words.
pub(super) fn turns(messages: &[Value]) -> Result<Vec<Turn>> {
    let mut turns = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        let wrong = |what: &str| {
            Error::bad_request(format!(
                "messages[{index}]: {what}, and the model takes nothing but text here; try `converse/`"
            ))
        };
        let role = match message.get("role").and_then(Value::as_str).unwrap_or_default() {
            "system" | "developer" => "system",
            "user" => "user",
            "assistant" => "assistant",
            other => return Err(wrong(&format!("its role is {other:?}"))),
        };
        let calls = message
            .get("tool_calls")
            .and_then(Value::as_array)
            .is_some_and(|calls| !calls.is_empty());
        if calls || message.get("function_call").is_some_and(|call| !call.is_null()) {
            return Err(wrong("it calls a tool"));
        }
        let text = match message.get("content") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(parts)) => {
                let texts = parts
                    .iter()
                    .map(|part| part.get("text").and_then(Value::as_str).or_else(|| part.as_str()));
                texts
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| wrong("it holds more than text"))?
                    .join("\n")
            }
            Some(_) => return Err(wrong("its content is neither a text nor a list of parts")),
        };
        turns.push(Turn { role, text });
    }
    Ok(turns)
}
