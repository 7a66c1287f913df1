#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tests/cri.py SOCKET METHOD REQUEST: one call of the Kubernetes container runtime interface, as a
kubelet makes it; request and response are JSON.

Of the interface (k8s.io/cri-api, pkg/apis/runtime/v1/api.proto) here are the messages and fields
that the tests use. curl speaks HTTP/2; a gRPC message is a byte 0, its length in four, its bytes.
"""
import json
import subprocess
import sys
import tempfile

TEXT, NUMBER, MAP = "text", "number", "map"

POD_METADATA = {"name": (1, TEXT), "uid": (2, TEXT), "namespace": (3, TEXT)}
NAMESPACES = {"network": (1, NUMBER), "pid": (2, NUMBER), "ipc": (3, NUMBER)}
SECURITY = {"namespace_options": (1, NAMESPACES)}
POD = {
    "metadata": (1, POD_METADATA),
    "hostname": (2, TEXT),
    "log_directory": (3, TEXT),
    "labels": (6, MAP),
    "annotations": (7, MAP),
    "linux": (8, {"cgroup_parent": (1, TEXT), "security_context": (2, SECURITY)}),
}
CONTAINER_SECURITY = {"namespace_options": (3, NAMESPACES)}
CONTAINER = {
    "metadata": (1, {"name": (1, TEXT)}),
    "image": (2, {"image": (1, TEXT)}),
    "command": (3, TEXT),
    "labels": (9, MAP),
    "annotations": (10, MAP),
    "log_path": (11, TEXT),
    "linux": (15, {"security_context": (2, CONTAINER_SECURITY)}),
}
POD_ID = {"pod_sandbox_id": (1, TEXT)}
CONTAINER_ID = {"container_id": (1, TEXT)}
METHODS = {  # of the runtime service: the request, the response
    "Version": ({}, {"runtime_name": (2, TEXT), "runtime_version": (3, TEXT)}),
    "RunPodSandbox": ({"config": (1, POD)}, POD_ID),
    "StopPodSandbox": (POD_ID, {}),
    "RemovePodSandbox": (POD_ID, {}),
    "CreateContainer": (
        {"pod_sandbox_id": (1, TEXT), "config": (2, CONTAINER), "sandbox_config": (3, POD)},
        CONTAINER_ID,
    ),
    "StartContainer": (CONTAINER_ID, {}),
}


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, kind, value):
    if kind == NUMBER:
        return varint(number << 3) + varint(value)
    if kind == TEXT:
        data = value.encode()
    elif kind == MAP:
        pair = {"key": (1, TEXT), "value": (2, TEXT)}
        return b"".join(field(number, pair, {"key": k, "value": v}) for k, v in value.items())
    else:
        data = encode(kind, value)
    return varint(number << 3 | 2) + varint(len(data)) + data


def encode(message, value):
    out = b""
    for key, member in value.items():
        for one in member if isinstance(member, list) else [member]:
            out += field(*message[key], one)
    return out


def read_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def decode(message, data):
    """The texts; what is not of the message is skipped."""
    names = {number: name for name, (number, kind) in message.items() if kind == TEXT}
    at, value = 0, {}
    while at < len(data):
        tag, at = read_varint(data, at)
        length, at = read_varint(data, at)
        if tag & 7 == 2:
            if tag >> 3 in names:
                value[names[tag >> 3]] = data[at : at + length].decode()
            at += length
    return value


def call(socket, method, request):
    """The response's bytes, and its trailers, which tell how it ended."""
    with tempfile.NamedTemporaryFile() as body:
        curl = ["curl", "--silent", "--show-error", "--max-time", "100", "--http2-prior-knowledge"]
        curl += ["--unix-socket", socket, "--header", "content-type: application/grpc"]
        curl += ["--header", "te: trailers", "--data-binary", "@-", "--output", body.name]
        curl += ["--dump-header", "-", f"http://localhost/runtime.v1.RuntimeService/{method}"]
        framed = b"\0" + len(request).to_bytes(4, "big") + request
        done = subprocess.run(curl, input=framed, stdout=subprocess.PIPE, check=True)
        lines = [line.partition(": ") for line in done.stdout.decode().splitlines()]
        return body.read()[5:], {name.lower(): text for name, _, text in lines}


def main():
    socket, method, json_request = sys.argv[1:]
    request, response = METHODS[method]
    data, trailers = call(socket, method, encode(request, json.loads(json_request)))
    if trailers.get("grpc-status") != "0":
        sys.exit(trailers.get("grpc-message", f"no answer: {trailers}"))
    print(json.dumps(decode(response, data)))


main()
