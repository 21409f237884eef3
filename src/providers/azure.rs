//! Azure OpenAI: OpenAI's dialect at addresses of its own (learn.microsoft.com, "Azure OpenAI REST API reference").
//! The model is the name of a deployment.

mod endpoints;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::openai;
use crate::auth::entra::Entra;
use crate::error::{Error, Result};
use crate::framing::Framer;
use crate::registry::{Auth, KeyOrder, OPENAI, OptionDefault, Provider, StreamUsage};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse, EmbedRequest, EmbeddingResponse};
use crate::wire::{ChatWire, ChunkDecoder, EmbedWire, WireRequest};

/// The row.
pub(crate) const ROW: Provider = Provider {
    name: "azure",
    label: "Azure",
    base_url: "",
    base_settings: &["api_base"],
    base_env: &["AZURE_API_BASE"],
    key_settings: &["api_key", "azure_key"],
    key_env: &["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
    key_order: KeyOrder::SettingsFirst,
    // Entra's tokens stand for it.
    key_optional: true,
    defaults: &[OptionDefault {
        option: "api_version",
        setting: "api_version",
        env: &["AZURE_API_VERSION"],
    }],
    auth: Auth::Signed(&Entra),
    chat: Some(&Azure),
    embed: Some(&Azure),
    endpoints: endpoints::ENDPOINTS,
    params: deployment_rules,
    stream_usage: StreamUsage::OnRequest,
    quirks: crate::registry::Quirks {
        cache_control: true,
        developer_is_system: true,
        model: deployment_of,
        ..OPENAI.quirks
    },
    ..OPENAI
};

/// The version that is asked for when nobody names one.
const VERSION: &str = "2025-02-01-preview";

/// A deployment may have any name. One that is named after a model follows that model's rules, and a prefix forces those
/// of a family.
fn deployment_rules(model: &str) -> &'static crate::params::ParamRules {
    match model.split_once('/') {
        Some(("o_series", _)) => openai::params::rules("o3"),
        Some(("gpt5_series", _)) => openai::params::rules("gpt-5"),
        _ => openai::params::rules(openai::params::told_by(model)),
    }
}

/// The deployment behind the prefix of a family.
fn deployment_of(model: &str) -> Option<String> {
    let (family, deployment) = model.split_once('/')?;
    matches!(family, "o_series" | "gpt5_series").then(|| deployment.to_owned())
}

/// Chat and embeddings of a deployment.
#[derive(Debug)]
pub struct Azure;

impl Azure {
    /// Moves a request of OpenAI's dialect to where the deployment is.
    fn address(target: &Target, operation: &str, request: &mut WireRequest) {
        let deployment = target.model.rsplit('/').next().unwrap_or(&target.model);
        let base = target.base_url.path().trim_end_matches('/');
        let path = if base.ends_with("/openai/v1") || base.contains("/openai/deployments/") {
            // The unified address, which takes the model from the body, or one that names the deployment already.
            format!("{base}/{operation}")
        } else {
            format!(
                "{}/openai/deployments/{deployment}/{operation}",
                base.trim_end_matches("/openai")
            )
        };
        request.url.set_path(&path);
        let has_version = request.url.query_pairs().any(|(name, _)| name == "api-version");
        let asked = target.options.text("api_version");
        if !has_version && (asked.is_some() || !base.ends_with("/openai/v1")) {
            request
                .url
                .query_pairs_mut()
                .append_pair("api-version", asked.unwrap_or(VERSION));
        }
    }
}

/// Whether the version that is asked for is older than this year and month. Names without a date are newer than all.
fn is_before(target: &Target, year: u32, month: u32) -> bool {
    let version = target.options.text("api_version").unwrap_or(VERSION);
    let mut parts = version.split('-').map(str::parse::<u32>);
    matches!((parts.next(), parts.next()), (Some(Ok(y)), Some(Ok(m))) if (y, m) < (year, month))
}

impl ChatWire for Azure {
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        let mut refused = Vec::new();
        if is_before(target, 2024, 6) && params.get("tool_choice").and_then(Value::as_str) == Some("required")
        {
            refused.push("tool_choice");
        }
        if openai::params::is_silenced_in_vain(openai::params::told_by(&target.model), params) {
            refused.push("reasoning_effort");
        }
        refused
    }
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        openai::Chat.left_out(target, request)
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        // Schemas came with 2024-08-01-preview.
        openai::by_tool::notes_where(is_before(target, 2024, 8), request)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        let mut request = openai::Chat.request(target, request)?;
        Self::address(target, "chat/completions", &mut request);
        Ok(request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        openai::Chat.response(target, body)
    }
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        ChatWire::error(&openai::Chat, target, status, headers, body)
    }
    fn framer(&self, target: &Target) -> Box<dyn Framer> {
        openai::Chat.framer(target)
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        openai::Chat.decoder(target)
    }
}

impl EmbedWire for Azure {
    fn most_inputs(&self, target: &Target, request: &EmbedRequest) -> usize {
        openai::Embed.most_inputs(target, request)
    }
    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        let mut request = openai::Embed.request(target, request)?;
        Self::address(target, "embeddings", &mut request);
        Ok(request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        openai::Embed.response(target, body)
    }
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        EmbedWire::error(&openai::Embed, target, status, headers, body)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Environment;
    use crate::secret::Secret;

    fn url(base: &str, model: &str, version: Option<&str>) -> String {
        let mut options = CallOptions {
            api_key: Some(Secret::new("k")),
            base_url: Some(base.to_owned()),
            ..CallOptions::default()
        };
        if let Some(version) = version {
            options.provider_options.set("api_version", json!(version));
        }
        let target = Target::resolve(model, &options, &Environment).unwrap();
        ChatWire::request(&Azure, &target, ChatRequest::new(model).user("hi"))
            .unwrap()
            .url
            .into()
    }

    #[test]
    fn a_token_of_entra_instead_of_a_key() {
        struct Nothing;
        impl crate::resolve::Surroundings for Nothing {
            fn env(&self, name: &str) -> Option<String> {
                (name == "AZURE_API_VERSION").then(|| "2024-10-21".to_owned())
            }
        }
        let mut options = CallOptions {
            base_url: Some("https://r".to_owned()),
            ..CallOptions::default()
        };
        options
            .provider_options
            .set("azure_ad_token", json!("token-of-entra"));
        let target = Target::resolve("azure/d", &options, &Nothing).unwrap();
        assert_eq!(target.options.text("azure_ad_token"), Some("token-of-entra"));
        assert_eq!(target.options.text("api_version"), Some("2024-10-21"));
    }

    #[test]
    fn every_form_of_base() {
        let deployment =
            "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21";
        for base in [
            "https://r.openai.azure.com",
            "https://r.openai.azure.com/",
            "https://r.openai.azure.com/openai",
        ] {
            assert_eq!(url(base, "azure/d", Some("2024-10-21")), deployment, "{base}");
        }
        assert_eq!(
            url(
                "https://r.openai.azure.com/openai/deployments/d",
                "azure/x",
                Some("2024-10-21")
            ),
            deployment
        );
        assert_eq!(
            url("https://r.openai.azure.com/openai/v1/", "azure/d", None),
            "https://r.openai.azure.com/openai/v1/chat/completions"
        );
        assert!(url("https://r.openai.azure.com", "azure/d", None).ends_with(VERSION));
        assert!(url("https://r.openai.azure.com", "azure/o_series/d", None).contains("/deployments/d/"));
    }
}
