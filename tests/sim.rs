//! The simulator over raw sockets: what is on the wire, not what a client makes of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use edgequake_llm::sim::Simulator;
use serde_json::{Value, json};

const KEY: &str = "sk-never-to-be-seen-again";
/// Far more than anything here takes; only a hang gets this far.
const PATIENCE: Duration = Duration::from_secs(20);

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The transfer chunks, for chunked bodies.
    chunks: Vec<Vec<u8>>,
    /// Whether the body ended as its framing says it should.
    complete: bool,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn content(&self) -> String {
        self.json()["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The data of every event, for plain LF streams.
    fn events(&self) -> Vec<String> {
        let text = self.text();
        text.split("\n\n")
            .filter_map(|event| event.strip_prefix("data: ").map(str::to_owned))
            .collect()
    }

    fn streamed(&self) -> String {
        let events = self.events();
        let chunks = events
            .iter()
            .filter_map(|data| serde_json::from_str::<Value>(data).ok());
        chunks
            .filter_map(|chunk| Some(chunk["choices"][0]["delta"]["content"].as_str()?.to_owned()))
            .collect()
    }
}

struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn to(sim: &Simulator) -> Connection {
        let stream = TcpStream::connect(sim.addr()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection {
            reader: BufReader::new(stream),
        }
    }

    fn send(&mut self, method: &str, path: &str, key: Option<&str>, body: &str) {
        let key = key
            .map(|key| format!("Authorization: Bearer {key}\r\n"))
            .unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{key}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.reader.get_mut().write_all(request.as_bytes()).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end_matches(['\r', '\n']).to_owned()
    }

    fn head(&mut self) -> Answer {
        let status = self.line();
        let status = status.split(' ').nth(1).unwrap_or_default().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        Answer {
            status,
            headers,
            body: Vec::new(),
            chunks: Vec::new(),
            complete: false,
        }
    }

    /// The next transfer chunk; `None` when the connection ended instead.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut line = String::new();
        self.reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let size = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk).ok()?;
        chunk.truncate(size);
        Some(chunk)
    }

    fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        if let Some(length) = answer.header("content-length") {
            let length = length.parse().unwrap();
            let mut part = [0; 65_536];
            while answer.body.len() < length {
                let room = part.len().min(length - answer.body.len());
                match self.reader.read(&mut part[..room]) {
                    Ok(read) if read > 0 => answer.body.extend_from_slice(&part[..read]),
                    _ => return answer,
                }
            }
            answer.complete = true;
            return answer;
        }
        while let Some(chunk) = self.chunk() {
            if chunk.is_empty() {
                answer.complete = true;
                break;
            }
            answer.body.extend_from_slice(&chunk);
            answer.chunks.push(chunk);
        }
        answer
    }
}

fn ask(sim: &Simulator, method: &str, path: &str, key: Option<&str>, body: &str) -> Answer {
    let mut connection = Connection::to(sim);
    connection.send(method, path, key, body);
    connection.answer()
}

fn request(model: &str, stream: bool) -> String {
    let messages = json!([{"role": "user", "content": "Hello"}]);
    json!({"model": model, "messages": messages, "stream": stream}).to_string()
}

fn post(sim: &Simulator, body: &Value) -> Answer {
    ask(sim, "POST", "/v1/chat/completions", Some(KEY), &body.to_string())
}

fn plain(sim: &Simulator, model: &str) -> Answer {
    ask(
        sim,
        "POST",
        "/v1/chat/completions",
        Some(KEY),
        &request(model, false),
    )
}

fn stream(sim: &Simulator, model: &str) -> Answer {
    ask(
        sim,
        "POST",
        "/v1/chat/completions",
        Some(KEY),
        &request(model, true),
    )
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_same_request_gets_the_same_bytes_over_one_connection() {
    let sim = Simulator::start().unwrap();
    let mut connection = Connection::to(&sim);
    let mut answers = Vec::new();
    for _ in 0..2 {
        connection.send(
            "POST",
            "/v1/chat/completions",
            Some(KEY),
            &request("gpt-4o", false),
        );
        answers.push(connection.answer());
    }
    assert_eq!(answers[0].body, answers[1].body);
    assert_eq!(
        answers[0].header("x-request-id"),
        answers[1].header("x-request-id")
    );
    let body = answers[0].json();
    assert!(body["id"].as_str().unwrap().starts_with("chatcmpl-"));
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["model"], "gpt-4o");
    assert_eq!(body["created"], 1_700_000_000);
    assert_eq!(body["system_fingerprint"], "fp_simulator");
    assert_eq!(body["service_tier"], "default");
    let choice = &body["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert_eq!(choice["message"]["refusal"], Value::Null);
    assert_eq!(choice["message"]["annotations"], json!([]));
    assert!(choice.as_object().unwrap().contains_key("logprobs"));
    for header in [
        "openai-processing-ms",
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
    ] {
        assert!(answers[0].header(header).is_some(), "{header}");
    }
    assert_eq!(sim.stats().requests, 2);
}

#[test]
fn a_stream_says_what_the_plain_answer_says() {
    let sim = Simulator::start().unwrap();
    let whole = plain(&sim, "gpt-4o").content();
    let answer = stream(&sim, "gpt-4o");
    assert_eq!(
        answer.header("content-type"),
        Some("text/event-stream; charset=utf-8")
    );
    assert!(answer.complete);
    assert_eq!(answer.streamed(), whole);
    let events = answer.events();
    assert_eq!(events.last().unwrap(), "[DONE]");
    let first: Value = serde_json::from_str(&events[0]).unwrap();
    assert_eq!(first["choices"][0]["delta"]["role"], "assistant");
    let finish: Value = serde_json::from_str(&events[events.len() - 2]).unwrap();
    assert_eq!(finish["choices"][0]["delta"], json!({}));
    assert_eq!(finish["choices"][0]["finish_reason"], "stop");
}

#[test]
fn it_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Simulator::start().unwrap());
}

#[test]
fn it_counts() {
    let sim = Simulator::start().unwrap();
    for (text, answer) in [
        ("Count 1 to 5", "1, 2, 3, 4, 5"),
        ("Please count from 3 to 5.", "3, 4, 5"),
        ("count to 2", "1, 2"),
        ("Count from 3 to 1!", "3, 2, 1"),
    ] {
        let messages = json!([{"role": "user", "content": text}]);
        let said = post(&sim, &json!({"model": "m", "messages": messages})).content();
        assert_eq!(said, answer);
    }
}

#[test]
fn any_prefix_will_do_and_other_paths_will_not() {
    let sim = Simulator::start().unwrap();
    let body = request("m", false);
    for path in [
        "/chat/completions",
        "/v1/chat/completions",
        "/any/thing/chat/completions/",
        "/v1/chat/completions?a=b",
    ] {
        assert_eq!(ask(&sim, "POST", path, Some(KEY), &body).status, 200, "{path}");
    }
    let answer = ask(&sim, "POST", "/v1/nothing", Some(KEY), &body);
    assert_eq!(
        (answer.status, &answer.json()["error"]["type"]),
        (404, &json!("invalid_request_error"))
    );
    let answer = ask(&sim, "GET", "/v1/chat/completions", Some(KEY), "");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    let answer = ask(&sim, "GET", "/v1/models/org%2Fname", Some(KEY), "");
    assert_eq!(answer.json()["id"], "org/name");
}

#[test]
fn a_key_is_needed_and_never_repeated() {
    let sim = Simulator::start().unwrap();
    for key in [None, Some("")] {
        let mut connection = Connection::to(&sim);
        match key {
            None => connection.send("POST", "/v1/chat/completions", None, &request("m", false)),
            Some(_) => {
                let request = "GET /v1/models HTTP/1.1\r\nHost: h\r\nAuthorization:\r\n\r\n";
                connection.reader.get_mut().write_all(request.as_bytes()).unwrap();
            }
        }
        let answer = connection.answer();
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"]["code"], "invalid_api_key");
    }
    for model in ["401", "headers", "echo", "m"] {
        for answer in [plain(&sim, model), stream(&sim, model)] {
            assert!(!answer.text().contains(KEY), "{model}");
        }
    }
    let seen: Value = serde_json::from_str(&plain(&sim, "headers").content()).unwrap();
    assert_eq!(seen["authorization"], "***");
    ask(&sim, "GET", &format!("/v1/models?key={KEY}&x=1"), Some(KEY), "");
    let requests = sim.requests();
    assert!(!format!("{requests:?}").contains(KEY));
    let last = requests.last().unwrap();
    assert_eq!(last.header("Authorization"), Some("***"));
    assert_eq!(last.query.as_deref(), Some("key=***&x=1"));
}

#[test]
fn what_reached_the_wire_is_recorded() {
    let sim = Simulator::start().unwrap();
    let body = request("echo", false);
    assert_eq!(
        ask(&sim, "POST", "/v1/chat/completions?q=1", Some(KEY), &body).content(),
        body
    );
    let requests = sim.requests();
    let seen = &requests[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/v1/chat/completions")
    );
    assert_eq!(seen.query.as_deref(), Some("q=1"));
    assert_eq!(seen.body, body.as_bytes());
    assert_eq!(seen.json().unwrap()["model"], "echo");
    assert_eq!((seen.status, seen.open, seen.aborted), (Some(200), false, false));
    let mut connection = Connection::to(&sim);
    for _ in 0..1005 {
        connection.send("GET", "/v1/models/m", Some(KEY), "");
        connection.answer();
    }
    assert_eq!(sim.requests().len(), 1000);
    assert_eq!(sim.stats().requests, 1006);
}

#[test]
fn bad_requests_name_the_parameter() {
    let sim = Simulator::start().unwrap();
    let user = json!([{"role": "user", "content": "x"}]);
    for (body, param) in [
        (json!({"messages": user}), json!("model")),
        (json!({"model": "m"}), json!("messages")),
        (json!({"model": "m", "messages": []}), json!("messages")),
        (
            json!({"model": "m", "messages": [{"content": "x"}]}),
            json!("messages[0].role"),
        ),
        (json!({"model": "m", "messages": user, "n": "2"}), json!("n")),
        (
            json!({"model": "m", "messages": user, "tools": [{"type": "function"}]}),
            json!("tools[0].function.name"),
        ),
    ] {
        let answer = post(&sim, &body);
        assert_eq!(answer.status, 400, "{body}");
        let error = &answer.json()["error"];
        assert_eq!(error["type"], "invalid_request_error");
        assert_eq!(error["param"], param);
    }
    let answer = ask(&sim, "POST", "/v1/chat/completions", Some(KEY), "{not json");
    assert_eq!(
        (answer.status, &answer.json()["error"]["param"]),
        (400, &Value::Null)
    );
}

#[test]
fn statuses_on_request() {
    let sim = Simulator::start().unwrap();
    for status in [400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 529] {
        for model in [format!("{status}"), format!("sim/{status}")] {
            for answer in [plain(&sim, &model), stream(&sim, &model)] {
                assert_eq!(answer.status, status);
                let error = &answer.json()["error"];
                assert!(
                    error["message"].is_string() && error["type"].is_string(),
                    "{error}"
                );
            }
        }
    }
    for (model, status, code) in [
        ("context_window", 400, "context_length_exceeded"),
        ("content_policy", 400, "content_policy_violation"),
        ("quota", 429, "insufficient_quota"),
    ] {
        let answer = plain(&sim, model);
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (status, &json!(code))
        );
    }
    let answer = plain(&sim, "html");
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (502, Some("text/html"))
    );
    assert!(answer.text().starts_with("<html>"));
    assert_eq!(plain(&sim, "4290").status, 200);
    assert_eq!(plain(&sim, "gpt-429").status, 200);
}

#[test]
fn retry_after_in_all_its_forms() {
    let sim = Simulator::start().unwrap();
    assert_eq!(plain(&sim, "429").header("retry-after"), Some("1"));
    assert_eq!(
        plain(&sim, "sim/429?retry_after=7").header("retry-after"),
        Some("7")
    );
    assert_eq!(plain(&sim, "503?retry_after=7").header("retry-after"), Some("7"));
    assert_eq!(plain(&sim, "503").header("retry-after"), None);
    let answer = plain(&sim, "429?retry_after_ms=20");
    assert_eq!(
        (answer.header("retry-after-ms"), answer.header("retry-after")),
        (Some("20"), None)
    );
    let answer = plain(&sim, "429?retry_after_date=1");
    let date = httpdate::parse_http_date(answer.header("retry-after").unwrap()).unwrap();
    assert!(date > std::time::SystemTime::now() - PATIENCE);
}

#[test]
fn a_counted_fault_strikes_so_often_and_no_more() {
    let sim = Simulator::start().unwrap();
    let statuses = |model: &str| (0..4).map(|_| plain(&sim, model).status).collect::<Vec<_>>();
    assert_eq!(statuses("sim/503?times=2"), [503, 503, 200, 200]);
    assert_eq!(statuses("sim/503?times=1"), [503, 200, 200, 200]);
    assert_eq!(statuses("503?times=1"), [503, 200, 200, 200]);
    let complete: Vec<bool> = (0..2)
        .map(|_| stream(&sim, "cut?after=1&times=1").complete)
        .collect();
    assert_eq!(complete, [false, true]);
}

#[test]
fn cut_streams_end_where_they_should() {
    let sim = Simulator::start().unwrap();
    let whole = stream(&sim, "m");
    let content = |answer: &Answer| {
        let role = answer
            .events()
            .iter()
            .filter(|data| data.contains("\"role\""))
            .count();
        assert_eq!(role, 1);
        let spoken = |data: &&String| {
            serde_json::from_str::<Value>(data).is_ok_and(|chunk| {
                chunk["choices"][0]["delta"]["content"]
                    .as_str()
                    .is_some_and(|c| !c.is_empty())
            })
        };
        answer.events().iter().filter(spoken).count()
    };
    for after in [0, 1, 3] {
        let cut = stream(&sim, &format!("cut?after={after}"));
        assert!(!cut.complete);
        assert_eq!(content(&cut), after);
        assert!(cut.text().ends_with("\n\n"));
        let cut = stream(&sim, &format!("cut_event?after={after}"));
        assert!(!cut.complete);
        assert_eq!(content(&cut), after);
        assert!(!cut.text().ends_with("\n\n"));
        let cut = stream(&sim, &format!("cut_clean?after={after}"));
        assert!(cut.complete);
        assert_eq!(content(&cut), after);
        assert!(!cut.text().contains("[DONE]") && !cut.text().contains("\"stop\""));
    }
    let cut = stream(&sim, "cut_done");
    assert!(cut.complete && cut.text().contains("\"stop\"") && !cut.text().contains("[DONE]"));
    assert_eq!(content(&cut), content(&whole));
    // More than there is to say: cut before the finish all the same.
    let cut = stream(&sim, "cut?after=100000");
    assert!(!cut.complete && !cut.text().contains("\"stop\""));
    // None of that was the client's doing.
    assert_eq!(sim.stats().aborted, 0);
}

#[test]
fn cut_plain_answers_are_shorter_than_announced() {
    let sim = Simulator::start().unwrap();
    for model in ["cut", "cut_event"] {
        let answer = plain(&sim, model);
        assert_eq!(answer.status, 200);
        assert!(!answer.complete);
        let announced: usize = answer.header("content-length").unwrap().parse().unwrap();
        assert_eq!(answer.body.len(), announced / 2);
    }
    let answer = plain(&sim, "cut_clean");
    assert!(answer.complete && serde_json::from_slice::<Value>(&answer.body).is_err());
    assert!(!plain(&sim, "cut_done").content().is_empty());
}

#[test]
fn a_client_that_leaves_a_silent_stream_is_noticed() {
    let sim = Simulator::start().unwrap();
    let models = [
        ("stall?after=1", true),
        ("stall", false),
        ("stall?before=1", true),
        ("stall?before=1", false),
        ("latency?ms=600000", false),
        ("slow_first?ms=600000", true),
        ("drip?ms=600000", true),
        ("huge?mb=24", true),
        ("huge?mb=24", false),
    ];
    for (left, (model, stream)) in models.into_iter().enumerate() {
        let mut connection = Connection::to(&sim);
        connection.send("POST", "/v1/chat/completions", Some(KEY), &request(model, stream));
        eventually("the request arrives", || sim.stats().open_streams == 1);
        if model == "stall?after=1" {
            let head = connection.head();
            assert_eq!(head.status, 200);
            // The role and one word arrive although the stream never ends.
            let mut text = String::new();
            while text.matches("\n\n").count() < 2 {
                text.push_str(&String::from_utf8(connection.chunk().unwrap()).unwrap());
            }
        }
        assert!(sim.requests().last().unwrap().open);
        assert_eq!(sim.stats().aborted, left as u64);
        drop(connection);
        eventually("the client is seen to leave", || {
            sim.stats().aborted == left as u64 + 1
        });
        let last = sim.requests().pop().unwrap();
        assert_eq!((last.open, last.aborted), (false, true));
        assert_eq!(sim.stats().open_streams, 0);
    }
}

#[test]
fn stopping_does_not_wait_for_silent_streams() {
    let mut sim = Simulator::start().unwrap();
    let mut silent = Connection::to(&sim);
    silent.send("POST", "/v1/chat/completions", Some(KEY), &request("stall", true));
    assert_eq!(silent.head().status, 200);
    let idle = Connection::to(&sim);
    let start = Instant::now();
    sim.stop();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(sim.addr()).is_err());
    assert!(!silent.answer_rest());
    // The client stayed to the end.
    assert_eq!((sim.stats().aborted, sim.stats().open_streams), (0, 0));
    assert_eq!(sim.requests().len(), 1);
    sim.stop();
    drop(idle);
    // The port is free again at once.
    let again = Simulator::start_on(sim.addr()).unwrap();
    assert_eq!(plain(&again, "m").status, 200);
    assert!(Simulator::start_on(again.addr()).is_err());
}

impl Connection {
    /// Reads what is left; whether it ended properly.
    fn answer_rest(&mut self) -> bool {
        while let Some(chunk) = self.chunk() {
            if chunk.is_empty() {
                return true;
            }
        }
        false
    }
}

#[test]
fn waits_are_where_they_belong() {
    let sim = Simulator::start().unwrap();
    let start = Instant::now();
    let mut connection = Connection::to(&sim);
    connection.send(
        "POST",
        "/v1/chat/completions",
        Some(KEY),
        &request("latency?ms=150", true),
    );
    connection.head();
    assert!(start.elapsed() >= Duration::from_millis(150));
    // Headers at once: a client that waited for the body would never get them.
    connection = Connection::to(&sim);
    connection.send(
        "POST",
        "/v1/chat/completions",
        Some(KEY),
        &request("slow_first?ms=600000", true),
    );
    assert_eq!(connection.head().status, 200);
    for answer in [plain, stream] {
        let start = Instant::now();
        let answer = answer(&sim, "drip?ms=10");
        assert!(answer.complete);
        assert!(start.elapsed() >= Duration::from_millis(90));
    }
}

#[test]
fn events_are_compressed_one_by_one() {
    let sim = Simulator::start().unwrap();
    let answer = stream(&sim, "gzip");
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&answer.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"));
    // The first event can be read before the second has come.
    let mut first = vec![0; 4096];
    let mut decoder = flate2::read::GzDecoder::new(&answer.chunks[0][..]);
    let read = decoder.read(&mut first).unwrap();
    assert!(String::from_utf8_lossy(&first[..read]).ends_with("\n\n"));
    let answer = plain(&sim, "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&answer.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_ok());
}

#[test]
fn broken_events() {
    let sim = Simulator::start().unwrap();
    let events = stream(&sim, "malformed?after=1").events();
    let broken: Vec<&String> = events
        .iter()
        .filter(|data| serde_json::from_str::<Value>(data).is_err() && *data != "[DONE]")
        .collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(events.last().unwrap(), "[DONE]");
    assert!(serde_json::from_slice::<Value>(&plain(&sim, "malformed").body).is_err());
    let answer = stream(&sim, "error_event?after=1&status=503");
    assert_eq!(answer.status, 200);
    let last: Value = serde_json::from_str(answer.events().last().unwrap()).unwrap();
    assert_eq!(last["error"]["code"], 503);
    let answer = plain(&sim, "error_event");
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (200, &json!(429))
    );
    assert_eq!(stream(&sim, "empty").text(), "data: [DONE]\n\n");
    assert_eq!(
        plain(&sim, "empty").json()["choices"][0]["message"]["content"],
        Value::Null
    );
}

#[test]
fn unusual_but_legal_streams() {
    let sim = Simulator::start().unwrap();
    let text = stream(&sim, "crlf").text();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.ends_with("data: [DONE]\r\n\r\n"));
    let text = stream(&sim, "comments").text();
    assert!(text.starts_with("\u{feff}: keep-alive\n"));
    assert!(
        text.contains("\nevent: message\n") && text.contains("\nid: 1\n") && text.contains("\nretry: 3000\n")
    );
    assert!(text.ends_with("data: [DONE]\n") && !text.ends_with("\n\n"));
    let answer = stream(&sim, "unicode");
    assert!(
        answer
            .chunks
            .iter()
            .any(|chunk| std::str::from_utf8(chunk).is_err())
    );
    let whole = plain(&sim, "unicode").content();
    assert_eq!(answer.streamed(), whole);
    assert!(whole.contains('\u{2028}') && whole.contains("👩‍👩‍👧"));
}

#[test]
fn big_answers_and_counted_ones() {
    let sim = Simulator::start().unwrap();
    assert_eq!(plain(&sim, "huge?mb=2").content().len(), 2 << 20);
    let answer = stream(&sim, "huge?mb=1&chunks=7");
    assert_eq!(answer.streamed().len(), 1 << 20);
    // The role, seven of content, the finish and the end.
    assert_eq!(answer.events().len(), 10);
    assert_eq!(stream(&sim, "tokens?n=25").events().len(), 28);
    assert_eq!(
        plain(&sim, "tokens?n=25").json()["usage"]["completion_tokens"],
        25
    );
}

#[test]
fn a_redirect_leads_to_an_answer() {
    let sim = Simulator::start().unwrap();
    let answer = plain(&sim, "redirect");
    assert_eq!(answer.status, 307);
    let path = answer.header("location").unwrap();
    assert_ne!(path, "/v1/chat/completions");
    let answer = ask(&sim, "POST", path, Some(KEY), &request("redirect", false));
    assert_eq!(answer.status, 200);
}

#[test]
fn tools_are_called_once_and_then_answered() {
    let sim = Simulator::start().unwrap();
    let tools = json!([{"type": "function", "function": {"name": "get_weather", "parameters": {
        "type": "object",
        "properties": {
            "location": {"type": "string"},
            "days": {"type": "integer", "minimum": 1},
            "unit": {"enum": ["celsius", "fahrenheit"]},
        },
        "required": ["location"],
    }}}]);
    let user = json!({"role": "user", "content": "Weather in New York for 3 days, in fahrenheit?"});
    let answer = post(&sim, &json!({"model": "m", "messages": [user], "tools": tools})).json();
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
    let call = &answer["choices"][0]["message"]["tool_calls"][0];
    let arguments: Value = serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(
        arguments,
        json!({"location": "New York", "days": 3, "unit": "fahrenheit"})
    );
    let assistant = answer["choices"][0]["message"].clone();
    let tool = json!({"role": "tool", "tool_call_id": call["id"], "content": "sunny"});
    let answer = post(
        &sim,
        &json!({"model": "m", "messages": [user, assistant, tool], "tools": tools}),
    );
    assert!(answer.content().starts_with("get_weather returned: sunny"));
}

#[test]
fn schemas_that_never_end_are_cut_off() {
    let sim = Simulator::start().unwrap();
    let node = json!({"$ref": "#/$defs/node"});
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}, {"$ref": "#"}]}),
        json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}]}),
        json!({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["a", "b", "c"],
               "properties": {"a": node, "b": node, "c": node}}}}),
        json!({"type": "string", "pattern": "((((a{1000}){1000}){1000}){1000})"}),
        json!({"type": "string", "minLength": 9_000_000_000_u64}),
        json!({"type": "array", "minItems": 9_000_000_000_u64, "items": {"type": "array", "minItems": 9_000_000_000_u64}}),
    ] {
        let format = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": schema}});
        let messages = json!([{"role": "user", "content": "x"}]);
        let answer = post(
            &sim,
            &json!({"model": "m", "messages": messages, "response_format": format}),
        );
        assert_eq!(answer.status, 200, "{schema}");
    }
}

#[test]
fn embeddings_are_unit_vectors_in_both_encodings() {
    let sim = Simulator::start().unwrap();
    let embed = |body: Value| ask(&sim, "POST", "/v1/embeddings", Some(KEY), &body.to_string());
    let answer =
        embed(json!({"model": "e", "input": ["red cat", "red dog", "blue sky"], "dimensions": 64})).json();
    let vector = |index: usize| -> Vec<f64> {
        let values = answer["data"][index]["embedding"].as_array().unwrap();
        values.iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    assert!((dot(&vector(0), &vector(0)) - 1.0).abs() < 1e-4);
    assert!(dot(&vector(0), &vector(1)) > dot(&vector(0), &vector(2)));
    let packed =
        embed(json!({"model": "e", "input": "red cat", "dimensions": 64, "encoding_format": "base64"}))
            .json();
    // 64 floats of four bytes, in groups of three, padded.
    assert_eq!(packed["data"][0]["embedding"].as_str().unwrap().len(), 344);
    let default = embed(json!({"model": "e", "input": [1, 2]})).json();
    assert_eq!(default["data"][0]["embedding"].as_array().unwrap().len(), 1536);
    for bad in [
        json!(null),
        json!(""),
        json!([]),
        json!([""]),
        json!({}),
        json!([1.5]),
    ] {
        assert_eq!(embed(json!({"model": "e", "input": bad})).status, 400, "{bad}");
    }
    assert_eq!(embed(json!({"model": "429", "input": "x"})).status, 429);
    assert!(!embed(json!({"model": "cut", "input": "x"})).complete);
}
