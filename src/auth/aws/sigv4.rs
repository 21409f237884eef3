//! Signature Version 4 (AWS, "Create a signed AWS API request"): canonical request, string to sign, derived key.

use std::fmt::Write;

use http::HeaderMap;
use ring::{digest, hmac};

use crate::wire::WireRequest;

/// Who signs, for what, and when.
pub(super) struct Scope<'a> {
    pub access_key: &'a str,
    pub secret_key: &'a str,
    pub region: &'a str,
    pub service: &'a str,
    /// `20150830T123600Z`
    pub time: String,
}

/// The value of `Authorization` for `request`, whose further signed headers are `extra`.
pub(super) fn authorization(scope: &Scope<'_>, request: &WireRequest, extra: &HeaderMap) -> String {
    let mut headers: Vec<(&str, String)> = vec![("host", host(request))];
    let text = |value: &http::HeaderValue| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    };
    headers.extend(
        request
            .headers
            .iter()
            .filter(|(name, _)| *name == http::header::CONTENT_TYPE || name.as_str().starts_with("x-amz"))
            .chain(extra)
            .map(|(name, value)| (name.as_str(), text(value))),
    );
    headers.sort();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");

    let mut canonical = format!("{}\n{}\n{}\n", request.method, path(request), query(request));
    for (name, value) in &headers {
        let _ = writeln!(canonical, "{name}:{value}");
    }
    let _ = write!(canonical, "\n{names}\n{}", sha256(&request.body));

    let date = scope.time.get(..8).unwrap_or_default();
    let credential = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{credential}\n{}",
        scope.time,
        sha256(canonical.as_bytes())
    );
    let mut key = format!("AWS4{}", scope.secret_key).into_bytes();
    for step in [date, scope.region, scope.service, "aws4_request"] {
        key = hmac(&key, step.as_bytes());
    }
    let signature = hex(&hmac(&key, to_sign.as_bytes()));
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{credential}, SignedHeaders={names}, Signature={signature}",
        scope.access_key
    )
}

/// As the HTTP library writes it: the port only where it is not the scheme's own.
fn host(request: &WireRequest) -> String {
    let host = request.url.host_str().unwrap_or_default();
    match request.url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Every service but S3 signs the path as it is sent with every segment encoded once more.
fn path(request: &WireRequest) -> String {
    let segments: Vec<String> = request.url.path().split('/').map(percent_encode).collect();
    segments.join("/")
}

fn query(request: &WireRequest) -> String {
    let mut pairs: Vec<String> = request
        .url
        .query_pairs()
        .map(|(name, value)| format!("{}={}", percent_encode(&name), percent_encode(&value)))
        .collect();
    pairs.sort();
    pairs.join("&")
}

/// Everything but the unreserved characters of RFC 3986 as `%XY`.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// `20150830T123600Z` for seconds since 1970, by the civil calendar.
pub(super) fn timestamp(seconds: u64) -> String {
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, so that the leap day is the last of its year.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let of_century = of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096;
    let year_of_era = of_century / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data)
        .as_ref()
        .to_vec()
}

fn sha256(data: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, data).as_ref())
}

/// The first 16 hexadecimal digits of a text's SHA-256.
pub(crate) fn short_hash(text: &str) -> String {
    sha256(text.as_bytes()).chars().take(16).collect()
}

/// Lowercase hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderName, HeaderValue, Method};
    use url::Url;

    use super::*;

    fn signed(
        method: Method,
        url: &str,
        headers: &[(&'static str, &'static str)],
        body: &'static str,
    ) -> String {
        let scope = Scope {
            access_key: "AKIDEXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "service",
            time: timestamp(1_440_938_160),
        };
        let request = WireRequest {
            method,
            url: Url::parse(url).unwrap(),
            headers: headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect(),
            body: Bytes::from_static(body.as_bytes()),
        };
        let extra = HeaderMap::from_iter([(
            HeaderName::from_static("x-amz-date"),
            HeaderValue::from_static("20150830T123600Z"),
        )]);
        authorization(&scope, &request, &extra)
    }

    /// `get-vanilla`, `get-vanilla-query-order-key-case`, `post-vanilla` and `post-x-www-form-urlencoded` of the test
    /// suite that AWS publishes for the algorithm.
    #[test]
    fn published_vectors() {
        let url = "https://example.amazonaws.com/";
        let credential = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
        assert_eq!(
            signed(Method::GET, url, &[], ""),
            format!(
                "{credential}, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
            )
        );
        assert!(
            signed(
                Method::GET,
                "https://example.amazonaws.com/?Param2=value2&Param1=value1",
                &[],
                ""
            )
            .ends_with("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
        );
        assert!(
            signed(Method::POST, url, &[], "")
                .ends_with("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        );
        let form = [("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(
            signed(Method::POST, url, &form, "Param1=value1"),
            format!(
                "{credential}, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
            )
        );
    }

    #[test]
    fn the_calendar() {
        assert_eq!(timestamp(0), "19700101T000000Z");
        assert_eq!(timestamp(1_440_938_160), "20150830T123600Z");
        assert_eq!(timestamp(951_782_399), "20000228T235959Z");
        assert_eq!(timestamp(951_782_400), "20000229T000000Z");
        assert_eq!(timestamp(1_735_689_599), "20241231T235959Z");
    }

    #[test]
    fn a_path_is_encoded_once_more() {
        let request = WireRequest {
            method: Method::POST,
            url: Url::parse("http://h:1/model/a%3A0/converse").unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        assert_eq!(path(&request), "/model/a%253A0/converse");
        assert_eq!(host(&request), "h:1");
    }
}
