//! Operations beside chat and embeddings, from a request to its answer. A provider that has no wire for an operation
//! does it as chat where there is a bridge.

use std::pin::Pin;

use super::call::{Answered, Meta, Prepared, Shown};
use super::chat::{PreparedChat, is_json, prepare_chat};
use crate::bridge::{self, Bridge};
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::params;
use crate::resolve::{Surroundings, Target};
use crate::stream::{EndpointSource, EndpointStream, plain_answer};
use crate::transport::{Connection, Transport};
use crate::types::{EndpointAnswer, EndpointRequest, Operation};
use crate::wire::EndpointWire;

/// A call that is ready to be sent. Making one does no I/O.
pub struct PreparedEndpoint {
    operation: Operation,
    way: Way,
}

enum Way {
    Native(Box<Prepared<dyn EndpointWire>>),
    Bridged(Box<PreparedChat>, Box<dyn Bridge>),
}

/// Resolves, checks and writes a request.
///
/// # Errors
/// Everything that can be known to be wrong before sending.
pub fn prepare_endpoint(
    mut request: EndpointRequest,
    options: CallOptions,
    around: &dyn Surroundings,
) -> Result<PreparedEndpoint> {
    let operation = request.operation;
    if request.model.trim().is_empty() && operation.needs_model() {
        return Err(Error::bad_request(
            "model is empty; pass \"provider/model\", for example \"openai/gpt-4o-mini\"",
        ));
    }
    let target = Target::resolve(&request.model, &options, around)?;
    let provider = target.provider;
    let about = |error: Error| error.about(provider.name, &target.model);
    let Some(wire) = provider.endpoint(operation, &target.model) else {
        let bridged = if provider.chat.is_some() {
            bridge::through_chat(provider, request)
        } else {
            None
        };
        let bridged = bridged.ok_or_else(|| {
            about(Error::bad_request(format!(
                "{} has no `{}` that is known here",
                provider.name,
                operation.name()
            )))
        })?;
        let bridged = bridged.map_err(about)?;
        let undone = params::refuse(
            &mut serde_json::Map::new(),
            bridged.refused,
            &options.params,
            provider.name,
            &target.model,
        );
        let undone = undone.map_err(about)?;
        let mut chat = bridged.request;
        let unsupported = provider.rules(&target.model).unsupported;
        if chat.stream && !unsupported.iter().any(|group| group.contains(&"stream_options")) {
            // Token counts are part of what these operations end with.
            chat.params
                .entry("stream_options")
                .or_insert_with(|| serde_json::json!({"include_usage": true}));
        }
        let mut chat = prepare_chat(chat, options, around)?;
        chat.also_dropped(undone.into_iter().chain(bridged.dropped));
        let way = Way::Bridged(Box::new(chat), bridged.bridge);
        return Ok(PreparedEndpoint { operation, way });
    };
    let rules = wire.rules(operation, &target.model);
    let renamed = if options.noting {
        params::renamed(&request.params, rules)
    } else {
        Vec::new()
    };
    let dropped_params = params::apply(
        &mut request.params,
        rules,
        &options.params,
        provider.name,
        &target.model,
    )
    .map_err(about)?;
    let request = wire.request(&target, request).map_err(about)?;
    let mut call = Prepared::new(wire, target, request, options, dropped_params);
    call.changes.renamed = renamed;
    let way = Way::Native(Box::new(call));
    Ok(PreparedEndpoint { operation, way })
}

impl PreparedEndpoint {
    /// The call as it would be sent.
    ///
    /// # Errors
    /// What goes wrong before sending.
    pub fn show(self, transport: &Transport) -> impl Future<Output = Result<Shown>> + Send + 'static {
        let operation = self.operation;
        let way = match self.way {
            Way::Native(call) => {
                let connection = call.connection(transport);
                Begun::Native(call, connection)
            }
            Way::Bridged(chat, bridge) => Begun::Bridged(Box::pin(chat.show(transport)), bridge),
        };
        async move {
            match way {
                Begun::Native(call, connection) => {
                    let asked = call.show(connection?).await?;
                    Ok(call.shown(vec![asked]))
                }
                Begun::Bridged(chat, _) => {
                    let mut shown = chat.await?;
                    let emulated = &mut shown.changes.emulated;
                    emulated.push(format!("{} through chat", operation.name()));
                    Ok(shown)
                }
            }
        }
    }

    /// Sends the call and reads the whole answer.
    ///
    /// # Errors
    /// The last attempt's error.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<EndpointAnswer>>> + Send + 'static {
        let operation = self.operation;
        let way = match self.way {
            Way::Native(call) => {
                let connection = call.connection(transport);
                Begun::Native(call, connection)
            }
            Way::Bridged(chat, bridge) => Begun::Bridged(Box::pin(chat.send(transport)), bridge),
        };
        async move {
            match way {
                Begun::Native(call, connection) => {
                    let course = call.course();
                    let (body, meta) = call.plain(&connection?, course).await?;
                    let answer = call.wire.response(&call.target, operation, &meta.headers, body);
                    let answer = answer.map_err(|error| call.dress(error, &meta))?;
                    Ok(Answered { answer, meta })
                }
                Begun::Bridged(chat, mut bridge) => {
                    let Answered { answer, meta } = chat.await?;
                    let answer = bridge.answer(answer);
                    Ok(Answered { answer, meta })
                }
            }
        }
    }

    /// Sends the call and returns when the answer has begun.
    ///
    /// # Errors
    /// The last attempt's error. What goes wrong later is said by the stream.
    pub fn stream(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<EndpointStream>> + Send + 'static {
        let operation = self.operation;
        let way = match self.way {
            Way::Native(call) => {
                let connection = call.connection(transport);
                Begun::Native(call, connection)
            }
            Way::Bridged(chat, bridge) => Begun::Bridged(Box::pin(chat.stream(transport)), bridge),
        };
        async move {
            match way {
                Begun::Native(call, connection) => {
                    let course = call.course();
                    let (mut answer, mut clock, meta) = call.begin(&connection?, course).await?;
                    let Some(reader) = call.wire.events(&call.target, operation) else {
                        return Ok(EndpointStream::new(EndpointSource::bytes(
                            answer,
                            clock,
                            meta,
                            call.secrets(),
                        )));
                    };
                    let dress = |error: Error, meta: &Meta| call.dress(error, meta);
                    let whole = is_json(&answer.headers)
                        && answer
                            .body
                            .peek(&mut clock)
                            .await
                            .map_err(|error| dress(error, &meta))?
                            == Some(b'{');
                    if whole {
                        let read = answer.body.collect(&mut clock).await;
                        let read = read.and_then(|body| {
                            call.wire.response(&call.target, operation, &meta.headers, body)
                        });
                        let pieces = read
                            .and_then(|answer| plain_answer(operation, answer))
                            .map_err(|error| dress(error, &meta))?;
                        return Ok(EndpointStream::new(EndpointSource::over(pieces, clock, meta)));
                    }
                    let framer = call.limited(call.wire.framer(&call.target));
                    Ok(EndpointStream::new(EndpointSource::events(
                        answer,
                        clock,
                        framer,
                        reader,
                        meta,
                        call.secrets(),
                    )))
                }
                Begun::Bridged(chat, bridge) => Ok(EndpointStream::new(EndpointSource::Bridged(
                    Box::new(chat.await?),
                    bridge,
                ))),
            }
        }
    }
}

/// What is under way; `F` is the chat call of a bridge.
enum Begun<F: ?Sized> {
    Native(Box<Prepared<dyn EndpointWire>>, Result<Connection>),
    Bridged(Pin<Box<F>>, Box<dyn Bridge>),
}
