//! From a model's name to the row and the bare model.

use crate::error::{Error, ErrorKind, Result};
use crate::registry::{self, Provider};

/// Which row and which model a name means.
///
/// # Errors
/// `BadRequest` for a name that tells no provider, `UnknownProvider` for a provider this crate does not know.
pub fn split_model<'a>(model: &'a str, provider: Option<&str>) -> Result<(&'static Provider, &'a str)> {
    locate(model, provider, None)
}

/// The same for a call that may name a base URL: an address may tell whose it is where the name does not.
///
/// # Errors
/// As [`split_model`].
pub fn locate<'a>(
    model: &'a str,
    provider: Option<&str>,
    base: Option<&str>,
) -> Result<(&'static Provider, &'a str)> {
    if let Some(name) = provider {
        let row = registry::provider(name).ok_or_else(|| not_here(name, model))?;
        let bare = model
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(model);
        return Ok((row, bare));
    }
    let prefix = model.split_once('/');
    if let Some((prefix, rest)) = prefix
        && let Some(row) = registry::provider(prefix)
    {
        if rest.is_empty() {
            return Err(Error::bad_request(format!(
                "model {model:?} names a provider but no model"
            )));
        }
        return Ok((row, rest));
    }
    if let Some((prefix, rest)) = prefix
        && registry::is_absent(prefix)
    {
        return Err(not_here(prefix, rest));
    }
    base.and_then(registry::provider_at)
        .or_else(|| registry::provider_of_bare_model(model))
        .map(|row| (row, model))
        .ok_or_else(|| unknown_provider(model))
}

/// A provider that is named and that no row speaks to.
fn not_here(provider: &str, model: &str) -> Error {
    let known = if registry::is_absent(provider) {
        format!(
            "edgequake_python knows {provider} and does not speak its dialect yet. Where it has an endpoint that speaks \
             OpenAI's, `custom_openai/{model}` with `api_base` reaches it."
        )
    } else {
        format!("There is no provider {provider}; `register_provider` adds one that speaks OpenAI's dialect.")
    };
    Error::new(ErrorKind::UnknownProvider, known).about(provider, model)
}

fn unknown_provider(model: &str) -> Error {
    Error::bad_request(format!(
        "LLM Provider NOT provided. Pass in the LLM provider you are trying to call. You passed model={model}. \
         Pass model as `provider/model`, for example `openai/gpt-4o-mini`, or `custom_openai/{model}` with `api_base` for a server \
         that speaks OpenAI's dialect."
    ))
    .about("", model)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for (model, provider) in [("replicate/a/b", None), ("m", Some("nobody"))] {
            let error = split_model(model, provider).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnknownProvider, "{model}");
        }
    }
}
