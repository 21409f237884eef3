//! Azure AI Foundry (learn.microsoft.com, "Model inference API"): OpenAI's dialect for most models, Anthropic's for
//! Claude, at addresses and with headers that depend on the host.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use super::{anthropic, openai};
use crate::error::{Error, Result};
use crate::framing::Framer;
use crate::params::ParamRules;
use crate::registry::{Auth, COMPATIBLE, Provider, Quirks};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// The row.
pub(crate) const ROW: Provider = Provider {
    name: "azure_ai",
    label: "Azure_ai",
    base_url: "",
    base_env: &["AZURE_AI_API_BASE"],
    key_env: &["AZURE_AI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
    token: (&["azure_ad_token"], &["AZURE_AD_TOKEN"]),
    auth: Auth::Headers(proof),
    chat: Some(&AzureAi),
    endpoints: &[super::rerank::Rerank::row(&super::rerank::JINA)],
    params: rules,
    quirks: Quirks {
        names_itself: false,
        place,
        ..Quirks::COMPATIBLE
    },
    ..COMPATIBLE
};

/// The version that is asked for when nobody names one.
const VERSION: &str = "2024-05-01-preview";
const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");

/// Chat with a model of a Foundry resource.
#[derive(Debug)]
pub struct AzureAi;

fn is_claude(model: &str) -> bool {
    model.starts_with("claude")
}

fn dialect(target: &Target) -> &'static dyn ChatWire {
    if is_claude(&target.model) {
        &anthropic::Chat
    } else {
        &openai::Chat
    }
}

fn rules(model: &str) -> &'static ParamRules {
    if is_claude(model) {
        (anthropic::ROW.params)(model)
    } else {
        openai::params::unknown_model(model)
    }
}

fn is_azures(target: &Target) -> bool {
    let host = target.base_url.host_str().unwrap_or_default();
    [".services.ai.azure.com", ".openai.azure.com"]
        .iter()
        .any(|end| host.ends_with(end))
}

fn proof(target: &Target, key: &str) -> Vec<(&'static str, String)> {
    if is_claude(&target.model) {
        vec![("x-api-key", key.to_owned())]
    } else if is_azures(target) {
        vec![("api-key", key.to_owned())]
    } else {
        vec![("authorization", format!("Bearer {key}"))]
    }
}

/// A resource has its models below `models`, in a version that the query names; other addresses are OpenAI servers.
fn place(target: &Target) -> Url {
    let path = target.base_url.path().trim_end_matches('/');
    let below_models = is_azures(target)
        && ["/openai/v1", "/chat/completions", "/models"]
            .iter()
            .all(|end| !path.ends_with(end));
    let mut url = if below_models {
        target.url("models/chat/completions")
    } else {
        openai::places::chat(target)
    };
    let asked = target.options.text("api_version");
    let default = (is_azures(target) && !path.ends_with("/openai/v1")).then_some(VERSION);
    let has_version = url.query_pairs().any(|(name, _)| name == "api-version");
    if let Some(version) = asked.or(default).filter(|_| !has_version) {
        url.query_pairs_mut().append_pair("api-version", version);
    }
    url
}

/// Claude's messages, below `anthropic` of the resource.
fn claude_place(target: &Target) -> Url {
    let path = target.base_url.path().trim_end_matches('/');
    let stem = ["/v1/messages", "/anthropic", "/models"]
        .iter()
        .fold(path, |path, end| path.strip_suffix(end).unwrap_or(path));
    let mut url = target.url("");
    url.set_path(&format!("{stem}/anthropic/v1/messages"));
    url
}

impl ChatWire for AzureAi {
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        dialect(target).unsupported(target, params)
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        dialect(target).notes(target, request)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        let mut sent = dialect(target).request(target, request)?;
        if is_claude(&target.model) {
            sent.url = claude_place(target);
            sent.headers
                .insert(ANTHROPIC_VERSION, HeaderValue::from_static("2023-06-01"));
        }
        Ok(sent)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        dialect(target).response(target, body)
    }
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        dialect(target).error(target, status, headers, body)
    }
    fn framer(&self, target: &Target) -> Box<dyn Framer> {
        dialect(target).framer(target)
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        dialect(target).decoder(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Environment;
    use crate::secret::Secret;

    fn target(model: &str, base: &str) -> Target {
        let options = CallOptions {
            api_key: Some(Secret::new("k")),
            base_url: Some(base.to_owned()),
            ..CallOptions::default()
        };
        Target::resolve(&format!("azure_ai/{model}"), &options, &Environment).unwrap()
    }

    fn sent(model: &str, base: &str) -> (String, Vec<(&'static str, String)>) {
        let target = target(model, base);
        let sent = AzureAi
            .request(&target, ChatRequest::new("m").user("hi"))
            .unwrap();
        (sent.url.into(), proof(&target, "k"))
    }

    #[test]
    fn addresses_and_headers_of_every_kind_of_host() {
        let resource = "https://r.services.ai.azure.com";
        let header = |name, value: &str| vec![(name, value.to_owned())];
        let models = format!("{resource}/models/chat/completions?api-version={VERSION}");
        for base in [resource.to_owned(), format!("{resource}/models")] {
            assert_eq!(sent("phi-4", &base), (models.clone(), header("api-key", "k")));
        }
        assert_eq!(
            sent("phi-4", &format!("{resource}/openai/v1")).0,
            format!("{resource}/openai/v1/chat/completions")
        );
        assert_eq!(
            sent("phi-4", "https://m.eastus.models.ai.azure.com/v1"),
            (
                "https://m.eastus.models.ai.azure.com/v1/chat/completions".to_owned(),
                header("authorization", "Bearer k")
            )
        );
        for base in [
            resource.to_owned(),
            format!("{resource}/anthropic"),
            format!("{resource}/anthropic/v1/messages"),
        ] {
            assert_eq!(
                sent("claude-sonnet-4-5", &base),
                (
                    format!("{resource}/anthropic/v1/messages"),
                    header("x-api-key", "k")
                )
            );
        }
    }
}
