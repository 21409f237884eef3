//! The fields that generateContent has; any other is refused.

use crate::sim::shape::Shape::{Any, Flag, Integer, List, Map, Number, Open, Proto, Text};
use crate::sim::shape::{Field, Shape, may, need};

const CONTENTS: Field = may("contents", &TURNS);
const SYSTEM: Field = may("systemInstruction", &CONTENT);
const TOOLS: Field = may("tools", &TOOL_LIST);
const CONFIG: Field = may("generationConfig", &GENERATION);
const CHOICE: Field = may(
    "toolConfig",
    &Proto(&[
        may(
            "functionCallingConfig",
            &Proto(&[
                may("mode", &Text),
                may("allowedFunctionNames", &List(&Text)),
                may("streamFunctionCallArguments", &Flag),
            ]),
        ),
        may("retrievalConfig", &Open),
        may("includeServerSideToolInvocations", &Flag),
    ]),
);
const SAFETY: Field = may(
    "safetySettings",
    &List(&Proto(&[
        need("category", &Text),
        need("threshold", &Text),
        may("method", &Text),
    ])),
);

pub(super) static REQUEST: Shape = Proto(&[
    CONTENTS,
    SYSTEM,
    TOOLS,
    CHOICE,
    CONFIG,
    SAFETY,
    may("cachedContent", &Text),
    may("labels", &Map(&Text)),
    may("model", &Text),
    may("serviceTier", &Text),
    may("store", &Flag),
    may("modelArmorConfig", &Open),
]);

pub(super) static COUNT: Shape = Proto(&[
    CONTENTS,
    SYSTEM,
    TOOLS,
    CONFIG,
    may("model", &Text),
    may("generateContentRequest", &REQUEST),
]);

static TURNS: Shape = List(&CONTENT);
static TOOL_LIST: Shape = List(&TOOL);

static GENERATION: Shape = Proto(&[
    may("stopSequences", &List(&Text)),
    may("responseMimeType", &Text),
    may("responseSchema", &SCHEMA),
    may("responseJsonSchema", &Any),
    may("responseModalities", &List(&Text)),
    may("candidateCount", &Integer),
    may("maxOutputTokens", &Integer),
    may("temperature", &Number),
    may("topP", &Number),
    may("topK", &Number),
    may("seed", &Integer),
    may("presencePenalty", &Number),
    may("frequencyPenalty", &Number),
    may("responseLogprobs", &Flag),
    may("logprobs", &Integer),
    may("enableEnhancedCivicAnswers", &Flag),
    may("enableAffectiveDialog", &Flag),
    may("audioTimestamp", &Flag),
    may("routingConfig", &Open),
    may("modelSelectionConfig", &Open),
    may("speechConfig", &Open),
    may("imageConfig", &Open),
    may("mediaResolution", &Text),
    may(
        "thinkingConfig",
        &Proto(&[
            may("includeThoughts", &Flag),
            may("thinkingBudget", &Integer),
            may("thinkingLevel", &Text),
        ]),
    ),
]);

pub(super) static CONTENT: Shape = Proto(&[may("role", &Text), may("parts", &List(&PART))]);

const BLOB: Shape = Proto(&[
    need("mimeType", &Text),
    need("data", &Text),
    may("displayName", &Text),
]);
const FILE: Shape = Proto(&[
    may("mimeType", &Text),
    need("fileUri", &Text),
    may("displayName", &Text),
]);

static PART: Shape = Proto(&[
    may("text", &Text),
    may("inlineData", &BLOB),
    may("fileData", &FILE),
    may(
        "functionCall",
        &Proto(&[
            may("id", &Text),
            may("name", &Text),
            may("args", &Open),
            may("partialArgs", &Any),
            may("willContinue", &Flag),
        ]),
    ),
    may(
        "functionResponse",
        &Proto(&[
            may("id", &Text),
            may("name", &Text),
            may("response", &Open),
            may(
                "parts",
                &List(&Proto(&[may("inlineData", &BLOB), may("fileData", &FILE)])),
            ),
            may("willContinue", &Flag),
            may("scheduling", &Text),
        ]),
    ),
    may("executableCode", &Open),
    may("codeExecutionResult", &Open),
    may("toolCall", &Open),
    may("toolResponse", &Open),
    may("thought", &Flag),
    may("thoughtSignature", &Text),
    may("videoMetadata", &Open),
    may("mediaResolution", &Any),
    may("partMetadata", &Open),
]);

static TOOL: Shape = Proto(&[
    may(
        "functionDeclarations",
        &List(&Proto(&[
            need("name", &Text),
            may("description", &Text),
            may("parameters", &SCHEMA),
            may("parametersJsonSchema", &Any),
            may("response", &SCHEMA),
            may("responseJsonSchema", &Any),
            may("behavior", &Text),
        ])),
    ),
    may("googleSearch", &Open),
    may("googleSearchRetrieval", &Open),
    may("enterpriseWebSearch", &Open),
    may("codeExecution", &Open),
    may("urlContext", &Open),
    may("computerUse", &Open),
    may("googleMaps", &Open),
    may("retrieval", &Open),
    may("fileSearch", &Open),
    may("mcpServers", &Any),
]);

/// Google's part of JSON Schema.
static SCHEMA: Shape = Proto(&[
    may("type", &Text),
    may("format", &Text),
    may("title", &Text),
    may("description", &Text),
    may("nullable", &Flag),
    may("enum", &List(&Text)),
    may("items", &SCHEMA),
    may("maxItems", &Any),
    may("minItems", &Any),
    may("properties", &Map(&SCHEMA)),
    may("required", &List(&Text)),
    may("minProperties", &Any),
    may("maxProperties", &Any),
    may("minimum", &Number),
    may("maximum", &Number),
    may("minLength", &Any),
    may("maxLength", &Any),
    may("pattern", &Text),
    may("example", &Any),
    may("anyOf", &List(&SCHEMA)),
    may("propertyOrdering", &List(&Text)),
    may("default", &Any),
    may("additionalProperties", &Any),
    may("ref", &Text),
    may("defs", &Map(&SCHEMA)),
]);
