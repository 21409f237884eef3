//! The fields that the Messages API has; any other is refused.

use crate::sim::shape::Shape::{Any, Flag, Integer, List, Number, Object, Open, Tagged, Text, TextOr, Word};
use crate::sim::shape::{Field, Shape, may, need};

const CACHE: Field = may(
    "cache_control",
    &Object(&[need("type", &Word(&["ephemeral"])), may("ttl", &Text)]),
);

pub(super) static REQUEST: Shape = Object(&[
    need("model", &Text),
    need("max_tokens", &Integer),
    MESSAGES,
    may("stream", &Flag),
    may("stop_sequences", &List(&Text)),
    may("temperature", &Number),
    may("top_k", &Integer),
    may("top_p", &Number),
    may("metadata", &Object(&[may("user_id", &Text)])),
    may("service_tier", &Word(&["auto", "standard_only"])),
    may("container", &Any),
    may("inference_geo", &Text),
    may("speed", &Text),
    SYSTEM,
    THINKING,
    CHOICE,
    TOOLS,
    CACHE,
    CONFIG,
    FORMAT,
    MANAGEMENT,
    SERVERS,
]);

/// The same without model and stream, and with the version that other hosts want in the body.
pub(in crate::sim) static HOSTED: Shape = Object(&[
    need("anthropic_version", &Text),
    need("max_tokens", &Integer),
    MESSAGES,
    may("anthropic_beta", &List(&Text)),
    may("stream", &Flag),
    may("stop_sequences", &List(&Text)),
    may("temperature", &Number),
    may("top_k", &Integer),
    may("top_p", &Number),
    may("metadata", &Object(&[may("user_id", &Text)])),
    SYSTEM,
    THINKING,
    CHOICE,
    TOOLS,
    CONFIG,
    FORMAT,
    MANAGEMENT,
]);

pub(super) static COUNT: Shape = Object(&[
    need("model", &Text),
    MESSAGES,
    SYSTEM,
    THINKING,
    CHOICE,
    TOOLS,
    CACHE,
    CONFIG,
    FORMAT,
    MANAGEMENT,
    SERVERS,
]);

const MESSAGES: Field = need(
    "messages",
    &List(&Object(&[
        need("role", &Text),
        need("content", &TextOr(&List(&BLOCK))),
    ])),
);
const SYSTEM: Field = may("system", &TextOr(&List(&Tagged("type", &[("text", TEXT)]))));
const THINKING: Field = may(
    "thinking",
    &Tagged(
        "type",
        &[
            (
                "enabled",
                &[need("budget_tokens", &Integer), may("display", &Text)],
            ),
            ("adaptive", &[may("display", &Text)]),
            ("disabled", &[]),
        ],
    ),
);
const PARALLEL: Field = may("disable_parallel_tool_use", &Flag);
const CHOICE: Field = may(
    "tool_choice",
    &Tagged(
        "type",
        &[
            ("auto", &[PARALLEL]),
            ("any", &[PARALLEL]),
            ("tool", &[need("name", &Text), PARALLEL]),
            ("none", &[]),
        ],
    ),
);
/// The tools that Anthropic runs itself have forms of their own, too many to list: see [`TOOL`].
const TOOLS: Field = may("tools", &List(&Open));
const SCHEMA: &Shape = &Object(&[need("type", &Word(&["json_schema"])), need("schema", &Open)]);
const CONFIG: Field = may(
    "output_config",
    &Object(&[
        may("effort", &Text),
        may("format", SCHEMA),
        may("task_budget", &Any),
    ]),
);
const FORMAT: Field = may("output_format", SCHEMA);
const MANAGEMENT: Field = may("context_management", &Open);
const SERVERS: Field = may("mcp_servers", &List(&Open));

/// A tool of the caller's.
pub(super) static TOOL: Shape = Object(&[
    need("name", &Text),
    need("input_schema", &Open),
    may("type", &Word(&["custom"])),
    may("description", &Text),
    may("strict", &Flag),
    may("defer_loading", &Flag),
    may("eager_input_streaming", &Flag),
    may("allowed_callers", &Any),
    may("input_examples", &Any),
    CACHE,
]);

const TEXT: &[Field] = &[need("text", &Text), may("citations", &Any), CACHE];
const SOURCE: Shape = Tagged(
    "type",
    &[
        ("base64", &[need("media_type", &Text), need("data", &Text)]),
        ("url", &[need("url", &Text)]),
        ("file", &[need("file_id", &Text)]),
        ("text", &[need("media_type", &Text), need("data", &Text)]),
        ("content", &[need("content", &Any)]),
    ],
);
const IMAGE: &[Field] = &[need("source", &SOURCE), CACHE];
const DOCUMENT: &[Field] = &[
    need("source", &SOURCE),
    may("title", &Text),
    may("context", &Text),
    may("citations", &Any),
    CACHE,
];
const FOUND: &[Field] = &[
    need("source", &Text),
    need("title", &Text),
    need("content", &Any),
    may("citations", &Any),
    CACHE,
];
const RESULT: &Shape = &Tagged(
    "type",
    &[
        ("text", TEXT),
        ("image", IMAGE),
        ("document", DOCUMENT),
        ("search_result", FOUND),
        ("tool_reference", &[need("tool_name", &Text), CACHE]),
    ],
);
const CALL: &[Field] = &[
    need("id", &Text),
    need("name", &Text),
    need("input", &Open),
    may("caller", &Any),
    CACHE,
];
const SERVED: &[Field] = &[
    need("tool_use_id", &Text),
    need("content", &Any),
    may("is_error", &Flag),
    may("caller", &Any),
    CACHE,
];
const BLOCK: Shape = Tagged(
    "type",
    &[
        ("text", TEXT),
        ("image", IMAGE),
        ("document", DOCUMENT),
        ("search_result", FOUND),
        ("thinking", &[need("thinking", &Text), need("signature", &Text)]),
        ("redacted_thinking", &[need("data", &Text)]),
        ("tool_use", CALL),
        (
            "tool_result",
            &[
                need("tool_use_id", &Text),
                may("content", &TextOr(&List(RESULT))),
                may("is_error", &Flag),
                CACHE,
            ],
        ),
        ("server_tool_use", CALL),
        ("web_search_tool_result", SERVED),
        ("web_fetch_tool_result", SERVED),
        ("code_execution_tool_result", SERVED),
        ("bash_code_execution_tool_result", SERVED),
        ("text_editor_code_execution_tool_result", SERVED),
        ("tool_search_tool_result", SERVED),
        ("container_upload", &[need("file_id", &Text), CACHE]),
    ],
);
