//! From a model's name to the row and the bare model.

use crate::error::{Error, Result};
use crate::registry::{self, Provider};

/// Which row and which model a name means.
///
/// # Errors
/// `BadRequest` for a name that tells no provider, or one this crate does not know.
pub fn split_model<'a>(model: &'a str, provider: Option<&str>) -> Result<(&'static Provider, &'a str)> {
    if let Some(name) = provider {
        let row = registry::provider(name).ok_or_else(|| unknown_provider(model))?;
        let bare = model
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(model);
        return Ok((row, bare));
    }
    if let Some((prefix, rest)) = model.split_once('/')
        && let Some(row) = registry::provider(prefix)
    {
        if rest.is_empty() {
            return Err(Error::bad_request(format!(
                "model {model:?} names a provider but no model"
            )));
        }
        return Ok((row, rest));
    }
    registry::provider_of_bare_model(model)
        .map(|row| (row, model))
        .ok_or_else(|| unknown_provider(model))
}

fn unknown_provider(model: &str) -> Error {
    Error::bad_request(format!(
        "LLM Provider NOT provided. Pass in the LLM provider you are trying to call. You passed model={model}. \
         Pass model as `provider/model`, for example `openai/gpt-4o-mini`, or `custom_openai/{model}` with `api_base` for a server \
         that speaks OpenAI's dialect."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn names_of_models() {
        let row = |model, provider| split_model(model, provider).map(|(row, model)| (row.name, model));
        assert_eq!(row("openai/gpt-4o", None).unwrap(), ("openai", "gpt-4o"));
        assert_eq!(row("o3-mini", None).unwrap(), ("openai", "o3-mini"));
        assert_eq!(
            row("ft:gpt-4o:acme::x", None).unwrap(),
            ("openai", "ft:gpt-4o:acme::x")
        );
        assert_eq!(row("org/model", Some("openai")).unwrap(), ("openai", "org/model"));
        assert_eq!(row("openai/org/model", None).unwrap(), ("openai", "org/model"));
        for unknown in ["mistral-large-latest", "nobody/model", "openai/"] {
            assert_eq!(
                row(unknown, None).unwrap_err().kind(),
                ErrorKind::BadRequest,
                "{unknown}"
            );
        }
    }
}
