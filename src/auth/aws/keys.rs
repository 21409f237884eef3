//! Where the keys of AWS come from: the call, somebody it names, the environment, or AWS's own search. What is more than
//! plain keys is found by the host language's library.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::auth::aws::REGION;
use crate::auth::token::TokenSource;
use crate::error::{Error, ErrorKind, Result};
use crate::options::ProviderOptions;
use crate::registry::Call;

pub(super) const ACCESS_KEY: &str = "aws_access_key_id";
pub(super) const SECRET_KEY: &str = "aws_secret_access_key";
pub(super) const SESSION_TOKEN: &str = "aws_session_token";
/// Options that hold a session, credentials, or a callable that gives keys out; the first is also where what is found is
/// kept.
const SOURCES: &[&str] = &["aws_credentials", "aws_session"];
const ROLE: &str = "aws_role_name";
const PROFILE: &str = "aws_profile_name";
const IDENTITY: &str = "aws_web_identity_token";
/// What a call says about who it is. One of these, and the environment says nothing about it.
const WHO: &[&str] = &[ACCESS_KEY, SECRET_KEY, ROLE, PROFILE, IDENTITY];
/// How a role is asked for.
const HOW: &[&str] = &["aws_session_name", "aws_external_id", "aws_sts_endpoint"];

/// Who gives out the keys of a call.
pub(super) fn source(options: &ProviderOptions) -> Option<&Arc<dyn TokenSource>> {
    SOURCES.iter().find_map(|name| options.source(name))
}

/// Puts into `options` the keys, or who gives them out.
pub(super) fn gather(call: &Call<'_>, options: &mut ProviderOptions) -> Result<()> {
    let bearer = call
        .provider
        .key_env
        .iter()
        .any(|name| call.around.env(name).is_some());
    let bearer = bearer && !super::is_signed_only(call.model);
    let authorized = |(name, _): &(String, String)| name.eq_ignore_ascii_case("authorization");
    if source(options).is_some()
        || bearer
        || call.options.api_key.is_some()
        || call.options.headers.iter().any(authorized)
    {
        return Ok(());
    }
    let explicit = WHO.iter().any(|name| options.text(name).is_some());
    let mut details = Map::new();
    for name in WHO.iter().chain(HOW).chain(&[SESSION_TOKEN]) {
        let given = options.text(name).map(str::to_owned);
        // Credentials are one set: a key of the caller's is never paired with a token of the environment.
        let ours = !explicit || HOW.contains(name);
        let environment = || call.around.env(&name.to_ascii_uppercase()).filter(|_| ours);
        if let Some(value) = given.or_else(environment) {
            details.insert((*name).to_owned(), Value::String(value));
        }
    }
    let has = |name: &str| details.contains_key(name);
    if has(ACCESS_KEY) != has(SECRET_KEY) && explicit {
        let (given, other) = if has(ACCESS_KEY) {
            (ACCESS_KEY, SECRET_KEY)
        } else {
            (SECRET_KEY, ACCESS_KEY)
        };
        return Err(refused(format!("{given} is given without {other}")));
    }
    if explicit && has(IDENTITY) && !has(ROLE) {
        return Err(refused(format!(
            "{IDENTITY} is given without {ROLE}, the role it stands for"
        )));
    }
    if !has(ROLE) && !has(PROFILE) && has(ACCESS_KEY) && has(SECRET_KEY) {
        for name in [ACCESS_KEY, SECRET_KEY, SESSION_TOKEN] {
            if let Some(value) = details.remove(name) {
                options.set(name, value);
            }
        }
        return Ok(());
    }
    if let Some(tags) = options.get("aws_session_tags") {
        details.insert("aws_session_tags".to_owned(), tags.clone());
    }
    details.insert(REGION.to_owned(), json!(options.text(REGION)));
    if let Some(found) = call.around.token_source("aws", &Value::Object(details)) {
        options.set_source(SOURCES.first().copied().unwrap_or_default(), found?);
    }
    Ok(())
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::Authentication, why).with_status(401)
}

/// What is said when there are no keys; `why` is what whoever looked for them says.
pub(super) fn missing(provider: &str, why: Option<&str>) -> Error {
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    refused(format!(
        "no credentials for {provider}{why}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for \
         temporary ones) or AWS_BEARER_TOKEN_BEDROCK, or pass `aws_access_key_id` and `aws_secret_access_key`, \
         `aws_profile_name`, `aws_role_name` or `api_key`"
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::auth::token::{Fetched, Token};
    use crate::options::CallOptions;
    use crate::resolve::{Surroundings, Target};
    use crate::transport::Connection;

    struct Nobody;
    impl TokenSource for Nobody {
        fn identity(&self) -> &str {
            "nobody"
        }
        fn fetch<'a>(&'a self, _: &'a Connection) -> Fetched<'a> {
            Box::pin(async { Ok(Token::bearer("", None)) })
        }
    }
    #[derive(Default)]
    struct Around {
        env: Vec<(&'static str, &'static str)>,
        asked: Mutex<Vec<Value>>,
    }
    impl Surroundings for Around {
        fn env(&self, name: &str) -> Option<String> {
            self.env
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        }
        fn token_source(&self, kind: &str, details: &Value) -> Option<Result<Arc<dyn TokenSource>>> {
            assert_eq!(kind, "aws");
            self.asked.lock().unwrap().push(details.clone());
            Some(Ok(Arc::new(Nobody)))
        }
    }

    fn resolved(options: Value, env: &[(&'static str, &'static str)]) -> Result<(Target, Vec<Value>)> {
        let around = Around {
            env: env.to_vec(),
            ..Around::default()
        };
        let mut call = CallOptions::default();
        for (name, value) in options.as_object().unwrap() {
            call.provider_options.set(name, value.clone());
        }
        let target = Target::resolve("bedrock/anthropic.claude-3-haiku-20240307-v1:0", &call, &around)?;
        Ok((target, around.asked.into_inner().unwrap()))
    }

    const KEYS: [(&str, &str); 3] = [
        ("AWS_ACCESS_KEY_ID", "E"),
        ("AWS_SECRET_ACCESS_KEY", "es"),
        ("AWS_SESSION_TOKEN", "et"),
    ];

    #[test]
    fn one_set_and_the_callers_first() {
        let (target, asked) = resolved(
            json!({"aws_access_key_id": "A", "aws_secret_access_key": "s"}),
            &KEYS,
        )
        .unwrap();
        assert_eq!(
            (
                target.options.text(ACCESS_KEY),
                target.options.text(SESSION_TOKEN)
            ),
            (Some("A"), None)
        );
        assert!(asked.is_empty());
        let (target, _) = resolved(json!({}), &KEYS).unwrap();
        assert_eq!(
            (
                target.options.text(ACCESS_KEY),
                target.options.text(SESSION_TOKEN)
            ),
            (Some("E"), Some("et"))
        );
        let error = resolved(json!({"aws_access_key_id": "A"}), &KEYS).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains("aws_secret_access_key"));
    }

    #[test]
    fn profiles_roles_and_the_search_are_the_host_languages() {
        let (target, asked) = resolved(json!({"aws_profile_name": "p"}), &KEYS).unwrap();
        assert_eq!(
            asked,
            [json!({"aws_profile_name": "p", "aws_region_name": "us-west-2"})]
        );
        assert!(source(&target.options).is_some() && target.options.text(ACCESS_KEY).is_none());
        let env = [
            KEYS[0],
            KEYS[1],
            ("AWS_ROLE_NAME", "r"),
            ("AWS_EXTERNAL_ID", "x"),
            ("AWS_REGION_NAME", "eu-west-1"),
        ];
        let (_, asked) = resolved(json!({}), &env).unwrap();
        assert_eq!(
            asked,
            [
                json!({"aws_access_key_id": "E", "aws_secret_access_key": "es", "aws_role_name": "r", "aws_external_id": "x", "aws_region_name": "eu-west-1"})
            ]
        );
        // The caller's own role is asked for as the machine it runs on, with the environment's way of asking.
        let (_, asked) = resolved(json!({"aws_role_name": "mine"}), &env).unwrap();
        assert_eq!(
            asked,
            [json!({"aws_role_name": "mine", "aws_external_id": "x", "aws_region_name": "eu-west-1"})]
        );
        let (_, asked) = resolved(json!({}), &[]).unwrap();
        assert_eq!(asked, [json!({"aws_region_name": "us-west-2"})]);
        assert!(resolved(json!({"aws_web_identity_token": "t"}), &[]).is_err());
    }

    #[test]
    fn a_bearer_key_needs_no_keys() {
        let (target, asked) = resolved(json!({}), &[("AWS_BEARER_TOKEN_BEDROCK", "b")]).unwrap();
        assert!(asked.is_empty() && target.key.is_some());
    }

    #[test]
    fn regions_by_every_rule() {
        let region = |options, env: &[(&'static str, &'static str)]| {
            resolved(options, env).map(|(target, _)| target.options.text(REGION).map(str::to_owned))
        };
        let env = [
            ("AWS_REGION_NAME", "eu-west-1"),
            ("AWS_REGION", "eu-west-2"),
            ("AWS_DEFAULT_REGION", "eu-west-3"),
        ];
        for start in 0..3 {
            let expected = Some(env[start].1.to_owned());
            assert_eq!(region(json!({}), &env[start..]).unwrap(), expected);
        }
        assert_eq!(
            region(json!({"aws_region_name": "ap-south-1"}), &env)
                .unwrap()
                .as_deref(),
            Some("ap-south-1")
        );
        for (endpoint, expected) in [
            (
                "https://vpce-1.bedrock-runtime.ca-central-1.vpce.amazonaws.com",
                "ca-central-1",
            ),
            ("https://eu-north-1.example.com", "eu-west-1"),
        ] {
            let found = region(json!({"aws_bedrock_runtime_endpoint": endpoint}), &env).unwrap();
            assert_eq!(found.as_deref(), Some(expected));
        }
        assert!(region(json!({"aws_region_name": "evil.example/#"}), &env).is_err());
    }
}
