//! What a Claude model can do, told from its name (docs.claude.com, "Models overview"). Hosts other than Anthropic put a
//! region before the name and a date behind it; both are looked past.

/// A model's family and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Model {
    family: Family,
    /// Major and minor; none for a name that tells none.
    version: Option<(u32, u32)>,
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
        Self {
            family,
            version: major.map(|major| (major, minor)),
        }
    }

    /// Whether its version is this one or a later one.
    pub(crate) fn is_from(self, major: u32, minor: u32) -> bool {
        self.version.is_some_and(|version| version >= (major, minor))
    }

    /// The most tokens it can answer: what is asked for when the caller sets no limit, which the dialect requires.
    pub(crate) fn max_output(self) -> u64 {
        match (self.family, self.version) {
            (Family::Opus | Family::Other, Some(version)) if version >= (4, 6) => 128_000,
            (Family::Opus, Some(version)) if version >= (4, 5) => 64_000,
            (Family::Opus, Some(version)) if version >= (4, 0) => 32_000,
            (_, Some(version)) if version >= (3, 7) => 64_000,
            (_, Some(version)) if version >= (3, 5) => 8192,
            // Every model takes this much.
            _ => 4096,
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

    /// Whether it takes a schema for its answer.
    pub(crate) fn has_structured_outputs(self) -> bool {
        match self.family {
            Family::Opus => self.is_from(4, 1),
            _ => self.is_from(4, 5),
        }
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
    }
}
