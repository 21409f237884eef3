use std::collections::HashSet;

use super::*;
use crate::error::ErrorKind;
use crate::options::CallOptions;
use crate::resolve::{Surroundings, Target};

struct Bare;
impl Surroundings for Bare {
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}
/// Every other provider's key is set, this one's is not.
struct Others(&'static Provider);
impl Surroundings for Others {
    fn env(&self, name: &str) -> Option<String> {
        let ours = self.0.key_env.contains(&name) || self.0.base_env.contains(&name);
        (!ours && name.contains("KEY")).then(|| "sk-somebody-elses".to_owned())
    }
}

#[test]
fn names_are_unique_and_bases_are_urls() {
    // The rows of this crate: other tests register some of their own meanwhile.
    let names: Vec<_> = built_in_rows().map(|provider| provider.name).collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    assert!(names.len() >= 85, "{}", names.len());
    for provider in built_in_rows().filter(|provider| !provider.base_url.is_empty()) {
        let url = url::Url::parse(provider.base_url).unwrap();
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
        assert!(url.scheme() == "https" || local, "{}", provider.base_url);
    }
}

#[test]
fn a_missing_key_is_an_error_that_names_the_variable_and_never_another_providers_key() {
    for provider in built_in_rows().filter(|provider| provider.name != SIMULATOR) {
        let options = CallOptions {
            base_url: provider
                .base_url
                .is_empty()
                .then(|| "http://localhost/v1".to_owned()),
            ..CallOptions::default()
        };
        let model = format!("{}/m", provider.name);
        for around in [&Bare as &dyn Surroundings, &Others(provider)] {
            match Target::resolve(&model, &options, around) {
                Ok(target) => assert!(provider.key_optional && target.key.is_none(), "{}", provider.name),
                Err(error) => {
                    assert_eq!(
                        error.kind(),
                        ErrorKind::Authentication,
                        "{}: {error}",
                        provider.name
                    );
                    let variable = provider.key_env.first().unwrap_or(&"VERTEXAI_CREDENTIALS");
                    assert!(error.message().contains(variable), "{error}");
                }
            }
        }
    }
}
