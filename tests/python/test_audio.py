"""`transcription` and `speech`, over loopback."""

from __future__ import annotations

import asyncio
import functools
import io
import json
import pathlib
import pickle
import time
from collections.abc import Iterator
from typing import Any, Callable

import pytest

import edgequake_python
from edgequake_python.exceptions import BadRequestError, IncompleteStreamError
from forms import fields, parts
from loopback import CUT, Loopback, Reply, error, to

WAV = b"RIFF\x24\0\0\0WAVEfmt "
Ask = Callable[..., Any]


@pytest.fixture
def transcribe(ask: Any) -> Any:
    return functools.partial(ask, "transcription")


class TestTranscription:
    def test_the_form(self, server: Loopback, transcribe: Ask) -> None:
        server.handler = lambda _: {"text": "Hello", "usage": {"type": "duration", "seconds": 2}}
        given = {
            "language": "en",
            "prompt": "names",
            "response_format": "json",
            "timestamp_granularities": ["word", "segment"],
            "temperature": 0.5,
            "include": ["logprobs"],
        }
        response = transcribe(file=("talk.wav", WAV), **given, **to(server, model="openai/gpt-4o-transcribe"))
        assert isinstance(response, edgequake_python.TranscriptionResponse)
        assert response.text == response["text"] == "Hello"
        assert response.usage is not None
        assert response.usage.seconds == 2
        assert response.language is None and response.words is None
        [request] = server.requests
        assert (request.method, request.path) == ("POST", "/v1/audio/transcriptions")
        assert fields(request) == [
            ("model", "gpt-4o-transcribe"),
            ("language", "en"),
            ("prompt", "names"),
            ("response_format", "json"),
            ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "segment"),
            ("temperature", "0.5"),
            ("include[]", "logprobs"),
        ]
        [file] = [part for part in parts(request) if part.filename]
        assert (file.name, file.filename, file.content) == ("file", "talk.wav", WAV)
        assert file.content_type in ("audio/wav", "audio/x-wav")

    def test_every_form_of_file(self, server: Loopback, transcribe: Ask, tmp_path: pathlib.Path) -> None:
        server.handler = lambda _: {"text": "Hello"}
        path = tmp_path / "talk.mp3"
        path.write_bytes(b"ID3 music")
        named = io.BytesIO(WAV)
        named.name = "/some/where/noise.wav"
        named.seek(4)
        with path.open("rb") as file:
            forms: list[Any] = [path, str(path), file, WAV, bytearray(WAV), named]
            forms.append(("x.bin", io.BytesIO(b"abc"), "audio/flac"))
            for form in forms:
                transcribe(file=form, **to(server, model="openai/gpt-4o-transcribe"))
            assert file.tell() == 0
        assert named.tell() == 4
        sent = [parts(request)[-1] for request in server.requests]
        assert [(part.filename, part.content) for part in sent] == [
            ("talk.mp3", b"ID3 music"),
            ("talk.mp3", b"ID3 music"),
            ("talk.mp3", b"ID3 music"),
            ("audio.wav", WAV),
            ("audio.wav", WAV),
            ("noise.wav", WAV[4:]),
            ("x.bin", b"abc"),
        ]
        assert sent[0].content_type == "audio/mpeg"
        assert sent[3].content_type in ("audio/wav", "audio/x-wav")
        assert sent[6].content_type == "audio/flac"

    def test_what_is_no_file(self, server: Loopback, transcribe: Ask, tmp_path: pathlib.Path) -> None:
        for wrong in (tmp_path / "absent.wav", 5, ("only a name",), None):
            with pytest.raises(BadRequestError):
                transcribe(file=wrong, **to(server, model="openai/whisper-1"))
        assert server.requests == []

    def test_whisper_tells_all_unless_told_otherwise(self, server: Loopback, transcribe: Ask) -> None:
        words = [{"word": "Hello", "start": 0.0, "end": 0.5}]
        answer = {
            "task": "transcribe",
            "language": "english",
            "duration": 0.5,
            "text": "Hello",
            "words": words,
        }
        server.handler = lambda _: answer
        response = transcribe(file=WAV, **to(server, model="openai/whisper-1"))
        assert ("response_format", "verbose_json") in fields(server.requests[0])
        assert (response.language, response.duration) == ("english", 0.5)
        assert response.words[0].word == response.words[0]["word"] == "Hello"
        assert response.model_dump()["words"] == words
        transcribe(file=WAV, response_format="json", **to(server, model="openai/whisper-1"))
        assert ("response_format", "json") in fields(server.requests[1])
        transcribe(file=WAV, **to(server, model="groq/whisper-large-v3"))
        assert "response_format" not in dict(fields(server.requests[2]))

    @pytest.mark.parametrize("kind", ["text", "srt", "vtt"])
    def test_formats_that_are_no_json(self, server: Loopback, transcribe: Ask, kind: str) -> None:
        text = "1\n00:00:00,000 --> 00:00:01,000\nHello\n"
        server.handler = lambda _: Reply(text, headers={"content-type": "text/plain; charset=utf-8"})
        response = transcribe(file=WAV, response_format=kind, **to(server, model="openai/whisper-1"))
        assert response.text == text

    def test_azure(self, server: Loopback, transcribe: Ask) -> None:
        server.handler = lambda _: {"text": "Hello"}
        base = server.base_url.removesuffix("/v1")
        call = {**to(server, model="azure/mine"), "api_base": base, "api_version": "2024-10-21"}
        transcribe(file=WAV, **call)
        [request] = server.requests
        assert request.path == "/openai/deployments/mine/audio/transcriptions"
        assert request.query == {"api-version": "2024-10-21"}
        assert request.headers["api-key"] == "k"

    def test_events(self, server: Loopback) -> None:
        sent = [
            {"type": "transcript.text.delta", "delta": "Hel"},
            {"type": "transcript.text.delta", "delta": "lo"},
            {"type": "transcript.text.done", "text": "Hello"},
        ]
        server.handler = lambda _: Reply([f"data: {json.dumps(event)}\n\n".encode() for event in sent])
        call = {"file": WAV, "stream": True, **to(server, model="openai/gpt-4o-transcribe")}

        async def read() -> list[Any]:
            stream: Any = await edgequake_python.atranscription(**call)
            return [event async for event in stream]

        stream: Any = edgequake_python.transcription(**call)
        for got in (list(stream), asyncio.run(read())):
            assert [event.model_dump() for event in got] == sent
            assert got[-1].text == "Hello"
            assert ("stream", "true") in fields(server.requests[-1])
        server.handler = lambda _: Reply([f"data: {json.dumps(event)}\n\n".encode() for event in sent[:2]])
        with pytest.raises(IncompleteStreamError) as caught:
            list(edgequake_python.transcription(**call))
        assert caught.value.partial == "Hello"

    def test_a_request_that_is_repeated_is_the_same(self, server: Loopback, transcribe: Ask) -> None:
        replies: Iterator[Any] = iter([error(500), {"text": "Hello"}])
        server.handler = lambda _: next(replies)
        call = {**to(server, model="openai/whisper-1"), "num_retries": 1}
        assert transcribe(file=io.BytesIO(WAV), **call).text == "Hello"
        first, second = server.requests
        assert first.body == second.body


class TestSpeech:
    @pytest.fixture(params=["sync", "async"])
    def speak(self, request: pytest.FixtureRequest) -> Ask:
        """The bytes of a speech, read while they come."""

        async def read(**call: Any) -> list[bytes]:
            response = await edgequake_python.aspeech(**call)
            return [piece async for piece in response.aiter_bytes()]

        if request.param == "sync":
            return lambda **call: list(edgequake_python.speech(**call).iter_bytes())
        return lambda **call: asyncio.run(read(**call))

    def test_the_request(self, server: Loopback, speak: Ask) -> None:
        server.handler = lambda _: Reply(b"ID3 sound", headers={"content-type": "audio/mpeg"})
        given = {
            "input": "Hi",
            "voice": "alloy",
            "response_format": "mp3",
            "speed": 1.5,
            "instructions": "sing",
        }
        pieces = speak(**given, **to(server, model="openai/gpt-4o-mini-tts"))
        assert b"".join(pieces) == b"ID3 sound"
        [request] = server.requests
        assert request.path == "/v1/audio/speech"
        assert request.json == {"model": "gpt-4o-mini-tts", **given}

    def test_bytes_come_before_the_last_is_sent(self, server: Loopback) -> None:
        go_on: list[Any] = []

        def pieces() -> Iterator[bytes]:
            yield b"first"
            while not go_on:
                time.sleep(0.005)
            yield b"second"

        server.handler = lambda _: Reply(pieces())
        response = edgequake_python.speech(input="Hi", voice="alloy", **to(server, model="openai/tts-1"))
        stream = response.iter_bytes()
        assert next(stream) == b"first"
        go_on.append(True)
        assert next(stream) == b"second"
        assert response.content == b"firstsecond"

    def test_what_can_be_done_with_the_answer(self, server: Loopback, tmp_path: pathlib.Path) -> None:
        server.handler = lambda _: Reply(b"0123456789", headers={"x-request-id": "req_7"})
        call = {"input": "Hi", "voice": "alloy", **to(server, model="openai/tts-1")}
        response = edgequake_python.speech(**call)
        assert isinstance(response, edgequake_python.HttpxBinaryResponseContent)
        assert response.request_id == "req_7"
        assert response.response.headers["x-request-id"] == "req_7"
        assert list(response.iter_bytes(4)) == [b"0123", b"4567", b"89"]
        assert response.read() == response.content == b"0123456789"
        response.stream_to_file(tmp_path / "a")
        edgequake_python.speech(**call).write_to_file(str(tmp_path / "b"))
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"0123456789"

        async def asynchronous() -> None:
            response = await edgequake_python.aspeech(**call)
            await response.astream_to_file(tmp_path / "c")
            assert await response.aread() == b"0123456789"
            # Many write a file with the synchronous method.
            again = await edgequake_python.aspeech(**call)
            again.stream_to_file(tmp_path / "d")

        asyncio.run(asynchronous())
        assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes() == b"0123456789"

    def test_errors(self, server: Loopback, speak: Ask) -> None:
        server.handler = lambda _: error(400, "no such voice")
        with pytest.raises(BadRequestError, match="no such voice"):
            speak(input="Hi", voice="nobody", **to(server, model="openai/tts-1"))

    def test_a_cut_is_an_error(self, server: Loopback, speak: Ask) -> None:
        server.handler = lambda _: Reply([b"half", CUT])
        with pytest.raises(IncompleteStreamError):
            speak(input="Hi", voice="alloy", **to(server, model="openai/tts-1"))


def test_transcriptions_pickle(server: Loopback) -> None:
    server.handler = lambda _: Reply({"text": "Hello", "language": "english"}, headers={"x-request-id": "r"})
    response = edgequake_python.transcription(file=WAV, **to(server, model="openai/whisper-1"))
    again = pickle.loads(pickle.dumps(response))
    assert again == response
    assert (again.language, again.request_id) == ("english", "r")
