//! The client against the simulator, over real sockets, without Python.

use std::time::Duration;

use edgequake_llm::sim::Simulator;
use edgequake_llm::types::Content;
use edgequake_llm::{CallOptions, ChatRequest, Client, EmbedRequest, Error, ErrorKind, Timeouts};
use serde_json::json;

fn options(simulator: &Simulator) -> CallOptions {
    CallOptions {
        base_url: Some(simulator.base_url()),
        retries: 0,
        ..CallOptions::default()
    }
}

async fn text(client: &Client, request: ChatRequest, options: CallOptions) -> (String, Option<Error>) {
    let mut text = String::new();
    let mut stream = match client.chat_stream(request, options).await {
        Ok(stream) => stream,
        Err(error) => return (text, Some(error)),
    };
    loop {
        match stream.next_batch().await {
            Ok(chunks) if chunks.is_empty() => return (text, None),
            Ok(chunks) => {
                let contents = chunks
                    .iter()
                    .flat_map(|chunk| &chunk.choices)
                    .filter_map(|choice| choice.delta.content.as_ref());
                contents
                    .filter_map(Content::as_text)
                    .for_each(|piece| text.push_str(piece));
            }
            Err(error) => return (text, Some(error)),
        }
    }
}

#[tokio::test]
async fn plain_stream_and_embedding() {
    let simulator = Simulator::start().unwrap();
    let client = Client::new();
    let question = || ChatRequest::new("sim/any").user("Count 1 to 5");
    let answered = client.chat(question(), options(&simulator)).await.unwrap();
    let content = answered.answer.choices[0]
        .message
        .content
        .as_ref()
        .and_then(Content::as_text)
        .unwrap()
        .to_owned();
    assert_eq!(content, "1, 2, 3, 4, 5");
    assert!(answered.answer.usage.unwrap().total_tokens.unwrap() > 0);
    assert_eq!((answered.meta.attempts, answered.meta.provider), (1, "sim"));

    let (streamed, error) = text(&client, question(), options(&simulator)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(streamed, content);

    let embedded = client
        .embed(
            EmbedRequest::new("sim/embed", json!(["a", "b"])),
            options(&simulator),
        )
        .await
        .unwrap();
    assert_eq!(
        embedded
            .answer
            .data
            .iter()
            .map(|embedding| embedding.index)
            .collect::<Vec<_>>(),
        [0, 1]
    );
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_never_reported_as_finished() {
    let simulator = Simulator::start().unwrap();
    let client = Client::new();
    for fault in ["cut?after=2", "cut_event?after=2", "cut_clean?after=2"] {
        let request = ChatRequest::new(format!("sim/{fault}")).user("Count 1 to 5");
        let (streamed, error) = text(&client, request, options(&simulator)).await;
        let error = error.unwrap_or_else(|| panic!("{fault} ended without an error"));
        assert_eq!(error.kind(), ErrorKind::IncompleteStream, "{fault}");
        assert_eq!(error.partial().unwrap().text, streamed, "{fault}");
        assert_eq!(streamed, "1, 2,", "{fault}");
    }
    let (streamed, error) = text(
        &client,
        ChatRequest::new("sim/cut_done").user("Count 1 to 5"),
        options(&simulator),
    )
    .await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(streamed, "1, 2, 3, 4, 5");
}

#[tokio::test]
async fn errors_inside_a_stream_have_their_own_class() {
    let simulator = Simulator::start().unwrap();
    let client = Client::new();
    let fault = |fault: &str| ChatRequest::new(format!("sim/{fault}")).user("Count 1 to 5");
    let (streamed, error) = text(
        &client,
        fault("error_event?after=2&status=429"),
        options(&simulator),
    )
    .await;
    let error = error.unwrap();
    assert_eq!(
        (error.kind(), error.status(), streamed.as_str()),
        (ErrorKind::RateLimit, Some(429), "1, 2,")
    );
    let (_, error) = text(&client, fault("malformed?after=2"), options(&simulator)).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::ResponseValidation);
}

#[tokio::test]
async fn every_limit_of_time_has_its_name() {
    let simulator = Simulator::start().unwrap();
    let client = Client::new();
    let limit = Some(Duration::from_millis(150));
    let none = Timeouts {
        connect: None,
        first_token: None,
        idle: None,
        attempt: None,
        total: None,
    };
    let cases = [
        (
            "first_token",
            "stall?before=1",
            Timeouts {
                first_token: limit,
                ..none
            },
        ),
        ("idle", "stall?after=2", Timeouts { idle: limit, ..none }),
        ("total", "drip?ms=100", Timeouts { total: limit, ..none }),
    ];
    for (name, fault, timeouts) in cases {
        let request = ChatRequest::new(format!("sim/{fault}")).user("Count 1 to 5");
        let (_, error) = text(
            &client,
            request,
            CallOptions {
                timeouts,
                ..options(&simulator)
            },
        )
        .await;
        let error = error.unwrap_or_else(|| panic!("{name} never ran out"));
        assert_eq!(error.kind(), ErrorKind::Timeout, "{name}");
        assert!(error.message().contains(name), "{}", error.message());
    }
}

#[tokio::test]
async fn as_many_requests_as_allowed_and_none_after_a_chunk() {
    let simulator = Simulator::start().unwrap();
    let client = Client::new();
    let count = |model: &str| {
        simulator
            .requests()
            .iter()
            .filter(|seen| String::from_utf8_lossy(&seen.body).contains(model))
            .count()
    };
    let retried = |retries| CallOptions {
        retries,
        ..options(&simulator)
    };

    let error = client
        .chat(
            ChatRequest::new("sim/429?retry_after_ms=10").user("x"),
            retried(2),
        )
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), count("429?retry_after_ms=10")), (3, 3));
    let answered = client
        .chat(
            ChatRequest::new("sim/503?times=1&retry_after_ms=10").user("x"),
            retried(2),
        )
        .await
        .unwrap();
    assert_eq!(answered.meta.attempts, 2);
    client
        .chat(ChatRequest::new("sim/400").user("x"), retried(2))
        .await
        .unwrap_err();
    assert_eq!(count("\"400\""), 1);
    let (_, error) = text(&client, ChatRequest::new("sim/cut?after=1").user("x"), retried(2)).await;
    assert_eq!(
        (error.unwrap().kind(), count("cut?after=1")),
        (ErrorKind::IncompleteStream, 1)
    );
}

#[tokio::test]
async fn a_dropped_stream_hangs_up() {
    let simulator = Simulator::start().unwrap();
    let client = Client::new();
    let mut stream = client
        .chat_stream(
            ChatRequest::new("sim/stall?after=1").user("x"),
            options(&simulator),
        )
        .await
        .unwrap();
    assert!(!stream.next_batch().await.unwrap().is_empty());
    drop(stream);
    for _ in 0..100 {
        if simulator.stats().aborted == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the simulator still has {:?}", simulator.stats());
}
