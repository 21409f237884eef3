//! The fields that Mistral has; any other is refused.

use crate::sim::shape::Shape::{Any, Flag, Integer, List, Number, Object, Open, Tagged, Text, TextOr, Word};
use crate::sim::shape::{Field, Shape, may, need};

pub(super) static CHAT: Shape = Object(&[
    need("model", &Text),
    need("messages", &List(&MESSAGE)),
    may("temperature", &Number),
    may("top_p", &Number),
    may("max_tokens", &Integer),
    may("stream", &Flag),
    may("stop", &TextOr(&List(&Text))),
    may("random_seed", &Integer),
    may("metadata", &Open),
    may(
        "response_format",
        &Object(&[
            may("type", &Word(&["text", "json_object", "json_schema"])),
            may(
                "json_schema",
                &Object(&[
                    need("name", &Text),
                    need("schema", &Open),
                    may("description", &Text),
                    may("strict", &Flag),
                ]),
            ),
        ]),
    ),
    may(
        "tools",
        &List(&Object(&[
            may("type", &Text),
            need(
                "function",
                &Object(&[
                    need("name", &Text),
                    need("parameters", &Open),
                    may("description", &Text),
                    may("strict", &Flag),
                ]),
            ),
        ])),
    ),
    may("tool_choice", &CHOICE),
    may("presence_penalty", &Number),
    may("frequency_penalty", &Number),
    may("n", &Integer),
    may("prediction", &Open),
    may("parallel_tool_calls", &Flag),
    may("prompt_mode", &Word(&["reasoning"])),
    may("reasoning_effort", &Text),
    may("prompt_cache_key", &Text),
    may("guardrails", &Any),
    may("safe_prompt", &Flag),
]);

const CHOICE: Shape = TextOr(&Object(&[
    may("type", &Text),
    need("function", &Object(&[need("name", &Text)])),
]));

const PART: Shape = Tagged(
    "type",
    &[
        ("text", &[need("text", &Text)]),
        (
            "image_url",
            &[need(
                "image_url",
                &TextOr(&Object(&[need("url", &Text), may("detail", &Text)])),
            )],
        ),
        (
            "document_url",
            &[need("document_url", &Text), may("document_name", &Text)],
        ),
        ("reference", &[need("reference_ids", &List(&Any))]),
        ("file", &[need("file_id", &Text)]),
        ("input_audio", &[need("input_audio", &Any)]),
        (
            "thinking",
            &[
                need("thinking", &List(&Any)),
                may("closed", &Flag),
                may("signature", &Text),
            ],
        ),
    ],
);
const CONTENT: Field = may("content", &TextOr(&List(&PART)));
const CALL: Shape = Object(&[
    may("id", &Text),
    may("type", &Text),
    need(
        "function",
        &Object(&[need("name", &Text), need("arguments", &TextOr(&Open))]),
    ),
    may("index", &Integer),
]);

const MESSAGE: Shape = Tagged(
    "role",
    &[
        ("system", &[CONTENT]),
        ("user", &[CONTENT]),
        (
            "assistant",
            &[CONTENT, may("tool_calls", &List(&CALL)), may("prefix", &Flag)],
        ),
        ("tool", &[CONTENT, may("tool_call_id", &Text), may("name", &Text)]),
    ],
);

pub(super) static EMBED: Shape = Object(&[
    need("model", &Text),
    need("input", &TextOr(&List(&Text))),
    may("metadata", &Open),
    may("output_dimension", &Integer),
    may(
        "output_dtype",
        &Word(&["float", "int8", "uint8", "binary", "ubinary"]),
    ),
    may("encoding_format", &Word(&["float", "base64"])),
]);
