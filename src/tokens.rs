//! Counting tokens offline, with the encodings that providers publish. The tables are part of the crate and are read
//! when first used.

use tiktoken_rs::{CoreBPE, cl100k_base_singleton, o200k_base_singleton};

/// A published way of cutting text into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GPT-3.5, GPT-4, OpenAI's embeddings.
    Cl100k,
    /// GPT-4o and everything of OpenAI's since.
    O200k,
}

/// Families of models that use `o200k_base`, as their names begin.
const O200K: &[&str] = &[
    "gpt-4o",
    "gpt-4.1",
    "gpt-4.5",
    "gpt-5",
    "gpt-6",
    "chatgpt-",
    "o1",
    "o3",
    "o4",
    "gpt-oss",
    "codex",
    "gpt-audio",
    "gpt-realtime",
    "computer-use",
];

impl Encoding {
    /// The encoding of a model, whoever serves it. A model whose provider publishes none is counted with `cl100k_base`,
    /// which for English and code is within some ten per cent of what the provider counts.
    #[must_use]
    pub fn of_model(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let name = name.strip_prefix("ft:").unwrap_or(name);
        if O200K.iter().any(|family| name.starts_with(family)) {
            Self::O200k
        } else {
            Self::Cl100k
        }
    }

    /// The encoding of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "cl100k_base" => Some(Self::Cl100k),
            "o200k_base" | "o200k_harmony" => Some(Self::O200k),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cl100k => "cl100k_base",
            Self::O200k => "o200k_base",
        }
    }

    fn tokenizer(self) -> &'static CoreBPE {
        match self {
            Self::Cl100k => cl100k_base_singleton(),
            Self::O200k => o200k_base_singleton(),
        }
    }

    /// How many tokens a text has.
    #[must_use]
    pub fn count(self, text: &str) -> usize {
        self.encode(text).len()
    }

    /// About how many tokens a text has, counted in pieces of 1,024 characters: at most about one too many for each cut.
    /// LiteLLM estimates in the same pieces, so that figures of both can stand in one report.
    #[must_use]
    pub fn estimate(self, text: &str) -> usize {
        let mut count = 0;
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.char_indices().nth(1024).map_or(rest.len(), |(end, _)| end);
            let (piece, others) = rest.split_at_checked(end).unwrap_or((rest, ""));
            count += self.count(piece);
            rest = others;
        }
        count
    }

    /// The tokens of a text. Texts that look like control tokens are text.
    #[must_use]
    pub fn encode(self, text: &str) -> Vec<u32> {
        self.tokenizer().encode_ordinary(text)
    }

    /// The text of tokens. A character that was cut in two becomes U+FFFD; none for a number that is no token.
    #[must_use]
    pub fn decode(self, tokens: &[u32]) -> Option<String> {
        let bytes = self.tokenizer().decode_bytes(tokens).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_have_the_encodings_that_their_providers_publish() {
        for (model, encoding) in [
            ("gpt-4o-mini", Encoding::O200k),
            ("openrouter/openai/gpt-5", Encoding::O200k),
            ("ft:gpt-4o-2024-08-06:org::id", Encoding::O200k),
            ("o3-mini", Encoding::O200k),
            ("gpt-4", Encoding::Cl100k),
            ("gpt-4-turbo", Encoding::Cl100k),
            ("text-embedding-3-small", Encoding::Cl100k),
            ("claude-sonnet-4-5", Encoding::Cl100k),
        ] {
            assert_eq!(Encoding::of_model(model), encoding, "{model}");
        }
    }

    #[test]
    fn text_survives_and_cut_characters_do_not_break_it() {
        for encoding in [Encoding::Cl100k, Encoding::O200k] {
            let text = "Grüße, 世界! <|endoftext|> 🎉\n\tfn main() {}";
            let tokens = encoding.encode(text);
            assert_eq!(tokens.len(), encoding.count(text));
            assert_eq!(encoding.decode(&tokens).unwrap(), text);
            let cut = encoding.encode("🎉");
            assert!(encoding.decode(&cut[..1]).unwrap().contains('\u{fffd}'));
            assert_eq!(encoding.decode(&[u32::MAX]), None);
            assert_eq!(encoding.count(""), 0);
        }
    }

    #[test]
    fn estimates_are_sums_of_pieces() {
        let encoding = Encoding::Cl100k;
        assert_eq!(encoding.estimate(""), 0);
        assert_eq!(encoding.estimate("hello world"), encoding.count("hello world"));
        let (piece, rest) = ("é".repeat(1024), "hello world");
        let text = format!("{piece}{rest}");
        assert_eq!(
            encoding.estimate(&text),
            encoding.count(&piece) + encoding.count(rest)
        );
    }

    #[test]
    fn published_examples() {
        assert_eq!(Encoding::Cl100k.encode("hello world"), [15339, 1917]);
        assert_eq!(Encoding::O200k.encode("hello world"), [24912, 2375]);
    }
}
