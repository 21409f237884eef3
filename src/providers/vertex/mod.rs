//! Vertex AI: other people's dialects at Google Cloud's addresses, behind Google Cloud's tokens. Which dialect a model
//! speaks, its publisher says (docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models).

mod claude;
mod embed;
mod partner;
mod publisher;
mod rerank;
mod site;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use self::publisher::Publisher;
use crate::auth::google::Google;
use crate::error::{Error, Result};
use crate::framing::Framer;
use crate::media::Remote;
use crate::params::ParamRules;
use crate::providers::{anthropic, gemini, mistral, openai};
use crate::registry::{Auth, COMPATIBLE, Provider, Quirks};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse, Operation};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// The row.
pub(crate) const ROW: Provider = Provider {
    name: "vertex_ai",
    label: "Vertex_ai",
    base_url: "",
    site: Some(site::base),
    defaults: &[gemini::SAFETY],
    base_env: &["VERTEXAI_API_BASE", "VERTEX_API_BASE"],
    key_optional: true,
    auth: Auth::Signed(&Google),
    chat: Some(&Chat),
    embed: Some(&embed::Embed),
    endpoints: &[(&[Operation::Rerank], &rerank::Rerank)],
    params: rules,
    embed_params: |_| &gemini::EMBED_RULES,
    quirks: Quirks {
        names_itself: false,
        ..Quirks::COMPATIBLE
    },
    ..COMPATIBLE
};

/// The same under an older name.
pub(crate) const BETA: Provider = Provider {
    name: "vertex_ai_beta",
    label: "Vertex_ai_beta",
    ..ROW
};

/// Whether a model named without a provider is Vertex AI's.
pub(crate) fn owns_model(model: &str) -> bool {
    model.starts_with("gemini-")
        || model.starts_with("text-embedding-00")
        || model.starts_with("text-multilingual-embedding-")
}

fn rules(model: &str) -> &'static ParamRules {
    match Publisher::of(model) {
        Publisher::Google => gemini::params::vertex(model),
        Publisher::Anthropic => anthropic::params::rules(model),
        Publisher::Mistral => (mistral::ROW.params)(model),
        Publisher::Open | Publisher::Endpoint | Publisher::Ai21 => openai::params::unknown_model(model),
    }
}

/// Chat in the dialect of the model's publisher.
#[derive(Debug)]
pub(crate) struct Chat;

/// The wire that reads what a model of this target answers.
fn wire(target: &Target) -> &'static dyn ChatWire {
    match Publisher::of(&target.model) {
        Publisher::Google => &gemini::Chat,
        Publisher::Anthropic => &anthropic::Chat,
        Publisher::Mistral => &mistral::Chat,
        Publisher::Open | Publisher::Endpoint | Publisher::Ai21 => &openai::Chat,
    }
}

impl ChatWire for Chat {
    fn takes_address(&self, target: &Target, file: &Remote<'_>) -> bool {
        // Claude's files go by value here (platform.claude.com, "Vision": no URL sources on Vertex AI).
        Publisher::of(&target.model) != Publisher::Anthropic && wire(target).takes_address(target, file)
    }
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        wire(target).unsupported(target, params)
    }
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        wire(target).left_out(target, request)
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        wire(target).notes(target, request)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        match Publisher::of(&target.model) {
            Publisher::Google => {
                let method = gemini::method(request.stream);
                let body = gemini::body(target, request)?;
                gemini::post(site::google(target, method)?, &body)
            }
            Publisher::Anthropic => claude::write(target, request),
            Publisher::Mistral => partner::mistral(target, request),
            Publisher::Ai21 => partner::ai21(target, request),
            Publisher::Open | Publisher::Endpoint => partner::open(target, request),
        }
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        wire(target).response(target, body)
    }
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        // Google's own gate answers in Google's words, whoever made the model.
        if gemini::is_error(&body) {
            return gemini::Chat.error(target, status, headers, body);
        }
        wire(target).error(target, status, headers, body)
    }
    fn framer(&self, target: &Target) -> Box<dyn Framer> {
        wire(target).framer(target)
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        wire(target).decoder(target)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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

    fn sent(
        model: &str,
        base: Option<&str>,
        location: Option<&str>,
        stream: bool,
    ) -> Result<(String, Value)> {
        let mut options = CallOptions {
            api_key: Some(Secret::new("ya29.token-for-tests")),
            base_url: base.map(str::to_owned),
            ..CallOptions::default()
        };
        options.provider_options.set("vertex_project", json!("proj"));
        if let Some(location) = location {
            options.provider_options.set("vertex_location", json!(location));
        }
        let target = Target::resolve(model, &options, &Nothing)?;
        let request = ChatRequest {
            stream,
            ..ChatRequest::new(model).user("hi")
        };
        let request = Chat.request(&target, request)?;
        Ok((
            request.url.to_string(),
            serde_json::from_slice(&request.body).unwrap(),
        ))
    }
    fn url(model: &str, base: Option<&str>, location: Option<&str>) -> String {
        sent(model, base, location, false).unwrap().0
    }

    #[test]
    fn every_location_has_its_host() {
        let gemini = "publishers/google/models/gemini-2.5-flash:generateContent";
        for (location, host, named) in [
            (None, "us-central1-aiplatform.googleapis.com", "us-central1"),
            (
                Some("europe-west4"),
                "europe-west4-aiplatform.googleapis.com",
                "europe-west4",
            ),
            (Some("global"), "aiplatform.googleapis.com", "global"),
            (Some("eu"), "aiplatform.eu.rep.googleapis.com", "eu"),
        ] {
            assert_eq!(
                url("vertex_ai/gemini-2.5-flash", None, location),
                format!("https://{host}/v1/projects/proj/locations/{named}/{gemini}")
            );
        }
        // The newest are nowhere else.
        assert!(url("vertex_ai/gemini-3-pro-preview", None, None).contains("//aiplatform.googleapis.com/"));
        let error = sent("vertex_ai/gemini-2.5-flash", None, Some("evil.example/#"), false).unwrap_err();
        assert!(error.message().contains("vertex_location"), "{error}");
    }

    #[test]
    fn every_publisher_has_its_path() {
        let path = |model: &str, stream| {
            let (url, body) = sent(&format!("vertex_ai/{model}"), None, None, stream).unwrap();
            (
                url.split("/locations/us-central1/").nth(1).unwrap().to_owned(),
                body,
            )
        };
        let (url, body) = path("claude-sonnet-4-5@20250929", true);
        assert_eq!(
            url,
            "publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict"
        );
        assert_eq!(body["anthropic_version"], "vertex-2023-10-16");
        assert_eq!((body.get("model"), &body["stream"]), (None, &json!(true)));
        let (url, body) = path("meta/llama-3.3-70b-instruct-maas", false);
        assert_eq!(url, "endpoints/openapi/chat/completions");
        assert_eq!(body["model"], "meta/llama-3.3-70b-instruct-maas");
        let (url, body) = path("mistral-large@2407", false);
        assert_eq!(url, "publishers/mistralai/models/mistral-large@2407:rawPredict");
        assert_eq!(body["model"], "mistral-large");
        assert_eq!(
            path("4965075652664360960", false).0,
            "endpoints/4965075652664360960:generateContent"
        );
        assert_eq!(
            path("gemini/4965075652664360960", false).0,
            "endpoints/4965075652664360960:generateContent"
        );
        assert_eq!(
            path("openai/4965075652664360960", false).0,
            "endpoints/4965075652664360960/chat/completions"
        );
        assert_eq!(
            path("gemini-2.5-pro", true).0,
            "publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
        );
    }

    #[test]
    fn a_base_stands_for_the_host_or_for_the_whole_path() {
        let gemini =
            "projects/proj/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent";
        for (base, expected) in [
            ("http://h", format!("http://h/v1/{gemini}")),
            ("http://h/", format!("http://h/v1/{gemini}")),
            ("http://h/v1beta1", format!("http://h/v1beta1/{gemini}")),
            ("http://h/p", "http://h/p:generateContent".to_owned()),
        ] {
            assert_eq!(
                url("vertex_ai/gemini-2.5-flash", Some(base), None),
                expected,
                "{base}"
            );
        }
        assert!(url("vertex_ai/claude-haiku-4-5", Some("http://h/p"), None).ends_with("/p:rawPredict"));
    }

    #[test]
    fn a_key_of_express_mode_needs_no_project() {
        let path = |key: &str, project: Option<&str>| {
            let mut options = CallOptions {
                api_key: Some(Secret::new(key)),
                ..CallOptions::default()
            };
            if let Some(project) = project {
                options.provider_options.set("vertex_project", json!(project));
            }
            let target = Target::resolve("vertex_ai/gemini-2.5-flash", &options, &Nothing)?;
            let request = ChatRequest {
                stream: true,
                ..ChatRequest::new("m").user("hi")
            };
            Chat.request(&target, request)
                .map(|request| request.url.to_string())
        };
        let express = "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse";
        for key in ["AIza-for-tests", "AQ.for-tests"] {
            assert_eq!(path(key, None).unwrap(), express);
            assert!(
                path(key, Some("p"))
                    .unwrap()
                    .contains("/projects/p/locations/us-central1/")
            );
        }
        assert!(
            path("ya29.token", None)
                .unwrap_err()
                .message()
                .contains("vertex_project")
        );
    }

    #[test]
    fn bare_names_of_google_are_vertex_ai() {
        for name in ["gemini-2.5-flash", "text-embedding-004"] {
            assert_eq!(
                crate::registry::provider_of_bare_model(name).unwrap().name,
                "vertex_ai"
            );
        }
    }
}
