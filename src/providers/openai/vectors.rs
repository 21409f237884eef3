//! The numbers of an embedding answer, read straight from its bytes: an answer of 256 vectors has 400,000 of them, and a
//! general JSON reader spends most of its time on questions that do not arise in a list of numbers.
//!
//! The lists are read here and cut out; what is left of the body goes through the general reader. The key is found by
//! its bytes: `"embedding"` followed by a colon cannot stand inside a JSON string, where both quotes would be escaped.

use memchr::memmem;

const KEY: &[u8] = b"\"embedding\"";

/// The body with every vector replaced by `[]`, and the vectors in order; none when a vector is not a plain list of
/// numbers (base64, nested lists, null), which the general reader then reads as it is.
pub(super) fn cut_out(body: &[u8]) -> Option<(Vec<u8>, Vec<Vec<f64>>)> {
    let mut rest = Vec::with_capacity(body.len().min(64 * 1024));
    let mut vectors: Vec<Vec<f64>> = Vec::new();
    let mut copied = 0;
    for key in memmem::find_iter(body, KEY) {
        let after = key + KEY.len();
        let Some(list) = body.get(after..)?.trim_ascii_start().strip_prefix(b":") else {
            continue;
        };
        let list = list.trim_ascii_start().strip_prefix(b"[")?;
        let length = vectors.last().map_or(1536, Vec::len);
        let (vector, remaining) = numbers(list, length)?;
        let start = body.len() - list.len();
        rest.extend_from_slice(body.get(copied..start)?);
        copied = body.len() - remaining.len();
        vectors.push(vector);
    }
    rest.extend_from_slice(body.get(copied..)?);
    (!vectors.is_empty()).then_some((rest, vectors))
}

/// The numbers up to `]`, and the bytes from `]` on.
fn numbers(mut bytes: &[u8], expected: usize) -> Option<(Vec<f64>, &[u8])> {
    let mut numbers = Vec::with_capacity(expected);
    bytes = bytes.trim_ascii_start();
    if bytes.first() == Some(&b']') {
        return Some((numbers, bytes));
    }
    loop {
        // The reader below also takes `inf`, `nan` and `+1`, which are no JSON.
        if !matches!(bytes.first(), Some(b'-' | b'0'..=b'9'))
            || bytes.starts_with(b"-i")
            || bytes.starts_with(b"-n")
        {
            return None;
        }
        let (number, length) = fast_float2::parse_partial::<f64, _>(bytes).ok()?;
        numbers.push(number);
        bytes = bytes.get(length..)?.trim_ascii_start();
        match bytes.first()? {
            b',' => bytes = bytes.get(1..)?.trim_ascii_start(),
            b']' => return Some((numbers, bytes)),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(body: &str) -> Option<(String, Vec<Vec<f64>>)> {
        cut_out(body.as_bytes()).map(|(rest, vectors)| (String::from_utf8(rest).unwrap(), vectors))
    }

    #[test]
    fn lists_are_cut_out_and_exact() {
        let body = r#"{"data": [{"object":"embedding", "embedding" : [ 0.1,-2e-3 , 3 ],"index":0}, {"embedding":[],"index":1}]}"#;
        let (rest, vectors) = cut(body).unwrap();
        assert_eq!(
            rest,
            r#"{"data": [{"object":"embedding", "embedding" : [],"index":0}, {"embedding":[],"index":1}]}"#
        );
        assert_eq!(vectors, vec![vec![0.1, -2e-3, 3.0], vec![]]);
        let exact = "0.29291254281997681";
        assert_eq!(
            cut(&format!("{{\"embedding\":[{exact}]}}")).unwrap().1[0][0],
            exact.parse::<f64>().unwrap()
        );
    }

    #[test]
    fn anything_else_is_left_to_the_general_reader() {
        for body in [
            r#"{"embedding": "AAAA"}"#,
            r#"{"embedding": null}"#,
            r#"{"embedding": [[1],[2]]}"#,
            r#"{"embedding": [1, null]}"#,
            r#"{"embedding": [inf]}"#,
            r#"{"embedding": [-inf]}"#,
            r#"{"embedding": [1,]}"#,
            r#"{"embedding": [1"#,
            r#"{"text": "\"embedding\": [1]"}"#,
            r#"{"object": "embedding"}"#,
        ] {
            assert_eq!(cut(body), None, "{body}");
        }
    }
}
