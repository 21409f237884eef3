//! What a Claude model can do, told from its name (docs.claude.com, "Models overview"). Hosts other than Anthropic put a
//! region before the name and a date behind it; both are looked past.

use crate::resolve::Target;

/// As much as every model can answer.
const EVERY_MODELS: u64 = 4096;

/// A model's family and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Model {
    family: Family,
    /// Major and minor; none for a name that tells none.
    version: Option<(u32, u32)>,
    /// What its host lacks of what the model can.
    host: Host,
}

/// Where a model is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    Anthropic,
    /// AWS.
    Bedrock,
    /// Google Cloud, where the name may pin a version.
    Vertex {
        pinned: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Opus,
    Sonnet,
    Haiku,
    Other,
}

impl Model {
    /// Reads a name: `claude-3-5-haiku-20241022`, `claude-opus-4-1`, `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, ...
    pub(crate) fn of(name: &str) -> Self {
        let (_, rest) = name.split_once("claude-").unwrap_or(("", ""));
        let family = if rest.contains("opus") {
            Family::Opus
        } else if rest.contains("sonnet") {
            Family::Sonnet
        } else if rest.contains("haiku") {
            Family::Haiku
        } else {
            Family::Other
        };
        let mut words = rest.split(['-', '.', '@', ':']);
        // Dates have eight digits.
        let small = |word: &str| word.parse::<u32>().ok().filter(|number| *number < 100);
        let major = words.by_ref().find_map(small);
        let minor = words.next().and_then(small).unwrap_or(0);
        // These began with the fifth generation, one of them under a name without a number.
        let fifth = rest.contains("mythos") || rest.contains("fable");
        let unnumbered = fifth.then_some((5, 0));
        Self {
            family,
            version: major.map(|major| (major, minor)).or(unnumbered),
            host: Host::Anthropic,
        }
    }

    /// The model of a call, as it is at that host.
    pub(crate) fn at(target: &Target) -> Self {
        if target.provider.name == "bedrock" {
            Self::on_bedrock(&target.model)
        } else if target.provider.name.starts_with("vertex_ai") {
            Self::on_vertex(&target.model)
        } else {
            Self::of(&target.model)
        }
    }

    /// Reads a name of Vertex AI: `claude-sonnet-4-5@20250929`.
    pub(crate) fn on_vertex(name: &str) -> Self {
        Self {
            host: Host::Vertex {
                pinned: name.contains('@'),
            },
            ..Self::of(name)
        }
    }

    /// Reads a name of Bedrock: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`.
    pub(crate) fn on_bedrock(name: &str) -> Self {
        Self {
            host: Host::Bedrock,
            ..Self::of(name)
        }
    }

    /// Whether its name tells its version.
    pub(crate) fn is_known(self) -> bool {
        self.version.is_some()
    }

    /// Whether its version is this one or a later one.
    pub(crate) fn is_from(self, major: u32, minor: u32) -> bool {
        self.version.is_some_and(|version| version >= (major, minor))
    }

    /// The most tokens it can answer: what is asked for when the caller sets no limit, which the dialect requires.
    pub(crate) fn max_output(self) -> u64 {
        // What LiteLLM asks of a pinned version, and at AWS, which books what is asked for against the caller's quota;
        // whoever wants more says so.
        if matches!(self.host, Host::Vertex { pinned: true } | Host::Bedrock) {
            return EVERY_MODELS;
        }
        match (self.family, self.version) {
            (_, Some(version)) if version >= (4, 6) => 128_000,
            (Family::Opus, Some(version)) if version >= (4, 5) => 64_000,
            (Family::Opus, Some(version)) if version >= (4, 0) => 32_000,
            (_, Some(version)) if version >= (3, 7) => 64_000,
            (_, Some(version)) if version >= (3, 5) => 8192,
            _ => EVERY_MODELS,
        }
    }

    /// Whether it thinks. A name that tells nothing is the server's to judge.
    pub(crate) fn thinks(self) -> bool {
        self.version.is_none() || self.is_from(3, 7)
    }

    /// Whether it decides by itself how long to think, guided by an effort instead of a budget.
    pub(crate) fn thinks_adaptively(self) -> bool {
        self.is_from(4, 6)
    }

    /// Whether it also takes a budget for thinking, as older models do.
    pub(crate) fn thinks_on_a_budget(self) -> bool {
        !self.is_from(4, 7)
    }

    /// Whether its sampling can be set. Newer models refuse every temperature but 1, and `top_p` and `top_k`.
    pub(crate) fn samples_as_told(self) -> bool {
        !self.is_from(4, 7)
    }

    /// Whether it can be made to call a tool.
    pub(crate) fn can_be_forced(self) -> bool {
        self.family == Family::Haiku || !self.is_from(5, 1)
    }

    /// Whether it takes a schema for its answer.
    pub(crate) fn has_structured_outputs(self) -> bool {
        match (self.host, self.family) {
            // Google Cloud keeps them switched off unless an organization's policy allows them.
            (Host::Vertex { .. }, _) => false,
            (Host::Anthropic, Family::Opus) => self.is_from(4, 1),
            _ => self.is_from(4, 5),
        }
    }

    /// Whether the schema of an answer stands in `output_config`. At Anthropic that came with adaptive thinking, and was a
    /// beta under another name before.
    pub(crate) fn has_output_config(self) -> bool {
        self.thinks_adaptively() || self.host == Host::Bedrock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        let outputs = [
            ("claude-3-haiku-20240307", 4096),
            ("claude-3-5-sonnet-20241022", 8192),
            ("claude-3-7-sonnet-latest", 64_000),
            ("claude-opus-4-20250514", 32_000),
            ("claude-opus-4-1", 32_000),
            ("claude-sonnet-4-5@20250929", 64_000),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", 64_000),
            ("claude-opus-4-6", 128_000),
            ("claude-sonnet-4-6", 128_000),
            ("claude-haiku-5-5", 128_000),
            ("claude-mythos-preview", 128_000),
            ("claude-2.1", 4096),
            ("claude-next", 4096),
        ];
        for (name, most) in outputs {
            assert_eq!(Model::of(name).max_output(), most, "{name}");
        }
        assert!(Model::of("claude-opus-4-1").has_structured_outputs());
        assert!(!Model::of("claude-sonnet-4-20250514").has_structured_outputs());
        assert!(!Model::of("claude-3-5-haiku-latest").thinks() && Model::of("claude-next").thinks());
        assert!(
            Model::of("claude-opus-4-6").thinks_adaptively()
                && Model::of("claude-opus-5").thinks_adaptively()
        );
        assert!(!Model::of("claude-opus-4-5").thinks_adaptively());
        let (old, new) = (Model::of("claude-sonnet-4-6"), Model::of("claude-opus-4-7"));
        assert!(old.samples_as_told() && old.thinks_on_a_budget());
        assert!(!new.samples_as_told() && !new.thinks_on_a_budget() && new.can_be_forced());
        assert!(
            !Model::of("claude-fable-5-1").can_be_forced() && Model::of("claude-haiku-5-5").can_be_forced()
        );
    }
}
