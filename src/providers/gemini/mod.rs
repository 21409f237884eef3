//! Google's dialect: `generateContent` and its stream, as AI Studio speaks it.

mod config;
mod embed;
mod error;
mod event;
mod grounding;
mod messages;
pub(crate) mod params;
mod parts;
mod pieces;
mod request;
mod response;
mod said;
mod schema;
mod site;
mod stream;
mod tools;
mod usage;

use bytes::Bytes;
use http::HeaderMap;

use crate::error::{Error, Result};
use crate::framing::Framer;
use crate::providers::cache_marks;
use crate::registry::{Auth, KeyOrder, OptionDefault, Provider, Quirks, StreamUsage};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

pub(crate) use embed::{EmbedParams, RULES as EMBED_RULES, content, inputs, read as read_embeddings};
pub(crate) use error::is_error;
pub(crate) use request::{body, post};

/// AI Studio.
pub(crate) const GEMINI: Provider = Provider {
    token: (&[], &[]),
    defaults: &[SAFETY],
    name: "gemini",
    label: "Gemini",
    base_url: "https://generativelanguage.googleapis.com/v1beta",
    site: None,
    base_settings: &["api_base"],
    base_env: &["GEMINI_API_BASE"],
    key_env: &["GEMINI_API_KEY", "GOOGLE_API_KEY", "PALM_API_KEY"],
    key_settings: &["api_key"],
    key_order: KeyOrder::EnvironmentFirst,
    key_optional: false,
    auth: Auth::Header("x-goog-api-key"),
    headers: &[],
    chat: Some(&Chat),
    embed: Some(&embed::Embed),
    endpoints: &[],
    params: params::gemini,
    embed_params: |_| &embed::RULES,
    // Counts come with every stream, asked for or not.
    stream_usage: StreamUsage::OwnHost,
    quirks: Quirks::COMPATIBLE,
    ..crate::registry::COMPATIBLE
};

/// The settings of safety that a program wants for every call.
pub(crate) const SAFETY: OptionDefault = OptionDefault {
    option: "vertex_ai_safety_settings",
    setting: "vertex_ai_safety_settings",
    env: &[],
};

/// The method for a plain answer or a stream.
pub(crate) fn method(stream: bool) -> &'static str {
    if stream {
        "streamGenerateContent"
    } else {
        "generateContent"
    }
}

/// The generation that a model's name tells.
pub(crate) fn generation(model: &str) -> u32 {
    Family::of_name(model).generation
}

/// What a model's name says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Family {
    /// 1, 2 or 3 and up; names without a number count as the newest of the second generation.
    generation: u32,
    lite: bool,
    flash: bool,
    pro: bool,
    /// 1.5 and 2.0 do not think.
    thinks: bool,
    /// Gemma: it takes no system instruction.
    open: bool,
}

impl Family {
    fn of(target: &Target) -> Self {
        Self::of_name(&target.model)
    }

    fn of_name(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let digits: String = name
            .strip_prefix("gemini-")
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let generation = digits.parse().unwrap_or(2);
        let old =
            name.starts_with("gemini-1") || name.starts_with("gemini-2.0") || name.starts_with("gemini-pro");
        Self {
            generation,
            lite: name.contains("flash-lite"),
            flash: name.contains("flash"),
            pro: name.contains("pro"),
            thinks: !old || name.contains("thinking"),
            open: name.starts_with("gemma"),
        }
    }
}

/// Chat in Google's dialect.
#[derive(Debug)]
pub(crate) struct Chat;

impl ChatWire for Chat {
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        // Google asks for no user, and labels are for the bills of Google Cloud.
        let names: &[&str] = if parts::Host::of(target).public {
            &["user"]
        } else {
            &["user", "labels"]
        };
        let given = |name: &&&str| request.params.get(**name).is_some_and(|value| !value.is_null());
        names
            .iter()
            .filter(given)
            .map(|name| (*name).to_owned())
            .chain(cache_marks::left_out(request))
            .collect()
    }

    fn takes_address(&self, target: &Target, file: &crate::media::Remote<'_>) -> bool {
        parts::takes_address(target, file)
    }

    fn unsupported(
        &self,
        _target: &Target,
        params: &serde_json::Map<String, serde_json::Value>,
    ) -> Vec<&'static str> {
        let mut refused = crate::params::choice_without_tools(params);
        // Gemini decides by itself how many tools it calls at once.
        if params
            .get("parallel_tool_calls")
            .and_then(serde_json::Value::as_bool)
            == Some(false)
        {
            refused.push("parallel_tool_calls");
        }
        refused
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        request::write(target, request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        response::read(target, body)
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(stream::Framing::default())
    }
    fn decoder(&self, _target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(stream::Decoder::default())
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Surroundings;
    use crate::secret::Secret;

    struct Nothing;
    impl Surroundings for Nothing {
        fn env(&self, _: &str) -> Option<String> {
            None
        }
    }

    /// Where a call of `provider/model` goes.
    pub fn target(model: &str) -> Target {
        let options = CallOptions {
            api_key: Some(Secret::new("key-for-tests")),
            ..CallOptions::default()
        };
        Target::resolve(model, &options, &Nothing).unwrap()
    }
}
