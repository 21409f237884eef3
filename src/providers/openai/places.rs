//! Where a chat is asked. Most servers have it below their base; some have it elsewhere, or one place per model.

use url::Url;

use crate::resolve::Target;

const CHAT: &str = "chat/completions";

/// Below the base, which may be given as the whole address already.
pub(crate) fn chat(target: &Target) -> Url {
    below(target, CHAT)
}

/// Below `v1` of the host.
pub(crate) fn versioned(target: &Target) -> Url {
    below(target, "v1/chat/completions")
}

/// Hugging Face's router has its version in the base; an endpoint of one's own is given as its host.
pub(crate) fn hugging_face(target: &Target) -> Url {
    if target.own_host {
        chat(target)
    } else {
        versioned(target)
    }
}

/// DataRobot's gateway, below the base of its API.
pub(crate) fn datarobot(target: &Target) -> Url {
    let path = target.base_url.path();
    if path.trim_end_matches('/').ends_with("/genai/llmgw") || path.contains("/deployments/") {
        return chat(target);
    }
    if path.trim_end_matches('/').ends_with("/api/v2") {
        return below(target, "genai/llmgw/chat/completions");
    }
    below(target, "api/v2/genai/llmgw/chat/completions")
}

/// An agent's own address has its API below it; the serverless one is an API already.
pub(crate) fn gradient(target: &Target) -> Url {
    if target.own_host {
        chat(target)
    } else {
        below(target, "api/v1/chat/completions")
    }
}

/// Snowflake's Cortex, below the account's API.
pub(crate) fn snowflake(target: &Target) -> Url {
    below(target, "cortex/v1/chat/completions")
}

/// RAGFlow has a server per chat or agent, whose id stands in the model's name: `chat/ID/MODEL`.
pub(crate) fn ragflow(target: &Target) -> Url {
    let mut parts = target.model.splitn(3, '/');
    match (parts.next(), parts.next()) {
        (Some("chat"), Some(id)) => below(target, &format!("api/v1/chats_openai/{id}/chat/completions")),
        (Some("agent"), Some(id)) => below(target, &format!("api/v1/agents_openai/{id}/chat/completions")),
        _ => chat(target),
    }
}

/// The model of a name of RAGFlow's.
pub(crate) fn ragflow_model(model: &str) -> Option<String> {
    let mut parts = model.splitn(3, '/');
    let kind = parts.next()?;
    let (_, model) = (parts.next()?, parts.next()?);
    matches!(kind, "chat" | "agent").then(|| model.to_owned())
}

/// The base and `path`; what the base has of it already is not repeated.
fn below(target: &Target, path: &str) -> Url {
    let base = target.base_url.path().trim_end_matches('/');
    if base.ends_with("/chat/completions") {
        let mut url = target.url("");
        url.set_path(base);
        return url;
    }
    let repeated = path
        .split_once('/')
        .filter(|(first, _)| *first == "v1" && base.ends_with("/v1"));
    target.url(repeated.map_or(path, |(_, rest)| rest))
}
