//! The fields that Converse has; any other is refused.

use crate::sim::shape::Shape::{Any, Flag, Integer, List, Map, Number, Object, Open, Text, Word};
use crate::sim::shape::{Field, Shape, may, need};

const CACHE: Field = may(
    "cachePoint",
    &Object(&[need("type", &Word(&["default"])), may("ttl", &Text)]),
);
const GUARD: Field = may("guardContent", &Open);

pub(super) static REQUEST: Shape = Object(&[
    may(
        "messages",
        &List(&Object(&[
            need("role", &Word(&["user", "assistant"])),
            need("content", &List(&BLOCK)),
        ])),
    ),
    may("system", &List(&Object(&[may("text", &Text), GUARD, CACHE]))),
    may(
        "inferenceConfig",
        &Object(&[
            may("maxTokens", &Integer),
            may("temperature", &Number),
            may("topP", &Number),
            may("stopSequences", &List(&Text)),
        ]),
    ),
    may(
        "toolConfig",
        &Object(&[
            need(
                "tools",
                &List(&Object(&[
                    may(
                        "toolSpec",
                        &Object(&[
                            need("name", &Text),
                            may("description", &Text),
                            need("inputSchema", &Object(&[need("json", &Open)])),
                            may("strict", &Flag),
                        ]),
                    ),
                    may("systemTool", &Object(&[need("name", &Text)])),
                    CACHE,
                ])),
            ),
            may(
                "toolChoice",
                &Object(&[
                    may("auto", &Object(&[])),
                    may("any", &Object(&[])),
                    may("tool", &Object(&[need("name", &Text)])),
                ]),
            ),
        ]),
    ),
    may(
        "outputConfig",
        &Object(&[may(
            "textFormat",
            &Object(&[
                need("type", &Word(&["json_schema"])),
                need(
                    "structure",
                    &Object(&[need(
                        "jsonSchema",
                        &Object(&[
                            need("schema", &Text),
                            may("name", &Text),
                            may("description", &Text),
                        ]),
                    )]),
                ),
            ]),
        )]),
    ),
    may("guardrailConfig", &Open),
    may("additionalModelRequestFields", &Any),
    may("additionalModelResponseFieldPaths", &List(&Text)),
    may("promptVariables", &Open),
    may("requestMetadata", &Map(&Text)),
    may("performanceConfig", &Object(&[may("latency", &Text)])),
    may("serviceTier", &Object(&[need("type", &Text)])),
]);

const SOURCE: Field = need(
    "source",
    &Object(&[
        may("bytes", &Text),
        may(
            "s3Location",
            &Object(&[need("uri", &Text), may("bucketOwner", &Text)]),
        ),
        may("text", &Text),
        may("content", &Any),
    ]),
);
const IMAGE: Field = may(
    "image",
    &Object(&[need("format", &Word(&["png", "jpeg", "gif", "webp"])), SOURCE]),
);
const DOCUMENT: Field = may(
    "document",
    &Object(&[
        may(
            "format",
            &Word(&["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"]),
        ),
        need("name", &Text),
        SOURCE,
        may("context", &Text),
        may("citations", &Object(&[need("enabled", &Flag)])),
    ]),
);
const VIDEO: Field = may("video", &Object(&[need("format", &Text), SOURCE]));
const AUDIO: Field = may("audio", &Object(&[need("format", &Text), SOURCE]));

const BLOCK: Shape = Object(&[
    may("text", &Text),
    IMAGE,
    DOCUMENT,
    VIDEO,
    AUDIO,
    may(
        "toolUse",
        &Object(&[
            need("toolUseId", &Text),
            need("name", &Text),
            need("input", &Any),
            may("type", &Text),
        ]),
    ),
    may(
        "toolResult",
        &Object(&[
            need("toolUseId", &Text),
            need(
                "content",
                &List(&Object(&[
                    may("text", &Text),
                    may("json", &Any),
                    may("searchResult", &Open),
                    IMAGE,
                    DOCUMENT,
                    VIDEO,
                ])),
            ),
            may("status", &Word(&["success", "error"])),
            may("type", &Text),
        ]),
    ),
    may(
        "reasoningContent",
        &Object(&[
            may(
                "reasoningText",
                &Object(&[need("text", &Text), may("signature", &Text)]),
            ),
            may("redactedContent", &Text),
        ]),
    ),
    may("citationsContent", &Open),
    may("searchResult", &Open),
    GUARD,
    CACHE,
]);
