//! What a model's name on Bedrock says: the route it is asked by, its id, and what the model behind it can do.

use crate::auth::aws;
use crate::providers::anthropic::Model as Claude;
use crate::resolve::Target;

/// The operation that a model is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// One dialect for all.
    Converse,
    /// Each model's own.
    Invoke,
}

/// A model as it is named in a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model<'a> {
    pub route: Route,
    /// As Bedrock knows it: an id or an ARN.
    pub id: &'a str,
    /// What tells the family: the id, or the dialect that the caller names before an ARN.
    pub family: &'a str,
}

/// Dialects that may be named before the ARN of an imported model, which is asked by `invoke`.
const DIALECTS: &[&str] = &[
    "llama",
    "deepseek_r1",
    "qwen2",
    "qwen3",
    "openai",
    "moonshot",
    "mistral",
];
/// The same for models that are asked by Converse.
const TUNED: &[&str] = &["nova", "nova-2"];

impl<'a> Model<'a> {
    pub(super) fn of(target: &'a Target) -> Self {
        let mut model = Self::named(&target.model);
        // The id of a profile or of bought throughput, beside the model's name.
        if let Some(id) = target.options.text("model_id") {
            model.id = id;
        }
        model
    }

    /// Reads `[converse/|invoke/][REGION/][DIALECT/]ID`.
    pub(super) fn named(name: &'a str) -> Self {
        let (mut route, mut rest) = (Route::Converse, name);
        let mut family = None;
        while let Some((step, after)) = rest.split_once('/') {
            match step {
                "converse" | "bedrock" => {}
                "invoke" => route = Route::Invoke,
                step if aws::is_region(step) => {}
                step if DIALECTS.contains(&step) => {
                    route = Route::Invoke;
                    family = Some(rest);
                }
                step if TUNED.contains(&step) => family = Some(rest),
                _ => break,
            }
            rest = after;
        }
        Self {
            route,
            id: rest,
            family: family.unwrap_or(rest),
        }
    }

    pub(super) fn is(self, family: &str) -> bool {
        self.family.contains(family)
    }

    pub(super) fn is_claude(self) -> bool {
        self.is("anthropic") || self.is("claude")
    }

    pub(super) fn is_nova(self) -> bool {
        self.is("amazon.nova") || self.family.starts_with("nova")
    }

    pub(super) fn is_nova_2(self) -> bool {
        self.is("nova-2")
    }

    /// An ARN does not tell what is behind it: then nothing is assumed, and Bedrock judges.
    pub(super) fn is_opaque(self) -> bool {
        self.family.starts_with("arn:") && !self.is_claude() && !self.is_nova() && !self.is("meta.llama")
    }

    /// What is known of Claude.
    pub(super) fn claude(self) -> Option<Claude> {
        self.is_claude().then(|| Claude::on_bedrock(self.family))
    }

    /// Whether it is told how hard to think in words of its family's own, and not in Claude's.
    pub(super) fn thinks_in_own_words(self) -> bool {
        self.is_nova() || self.is("gpt-oss")
    }

    /// Whether it has cache points.
    pub(super) fn caches(self) -> bool {
        self.is_claude() || self.is_nova() || self.is_opaque()
    }

    /// Whether its cache points say how long they last.
    pub(super) fn keeps_caches(self) -> bool {
        self.claude().is_some_and(|claude| claude.is_from(4, 5)) || self.is_opaque()
    }

    /// Whether it can be held to one call at a time.
    pub(super) fn calls_one_at_a_time(self) -> bool {
        self.claude().is_some_and(|claude| claude.is_from(4, 5))
    }

    /// Whether its tool results may say that they failed.
    pub(super) fn tells_failures(self) -> bool {
        self.is_claude() || self.is_nova() || self.is_opaque()
    }

    /// Whether a tool may be forced on it; older ones only choose themselves.
    pub(super) fn can_be_forced(self) -> bool {
        !self.is("meta.llama")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_regions_and_dialects() {
        let read = |name| {
            let model = Model::named(name);
            (model.route, model.id, model.family)
        };
        let arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc";
        assert_eq!(
            read("us.amazon.nova-pro-v1:0"),
            (
                Route::Converse,
                "us.amazon.nova-pro-v1:0",
                "us.amazon.nova-pro-v1:0"
            )
        );
        assert_eq!(read("converse/eu-west-1/a.b"), (Route::Converse, "a.b", "a.b"));
        assert_eq!(read("us-west-2/invoke/a.b"), (Route::Invoke, "a.b", "a.b"));
        assert_eq!(read(arn), (Route::Converse, arn, arn));
        let llama = format!("llama/{arn}");
        assert_eq!(read(&llama), (Route::Invoke, arn, llama.as_str()));
        let nova = format!("nova/{arn}");
        assert!(Model::named(&nova).is_nova() && !Model::named(&nova).is_opaque());
        assert!(Model::named(arn).is_opaque() && Model::named(arn).caches());
        let claude = Model::named("global.anthropic.claude-sonnet-4-5-20250929-v1:0");
        assert!(claude.calls_one_at_a_time() && claude.keeps_caches());
        assert!(!Model::named("anthropic.claude-3-7-sonnet-20250219-v1:0").keeps_caches());
    }
}
