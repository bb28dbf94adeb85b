#!/usr/bin/env python3
"""What the samples sensor and telemetry talk to: prints what they send. Python's standard library, nothing else.

    collector.py [ADDRESS]      listens on ADDRESS (127.0.0.1), port 9000 for sensor and 9001 for telemetry, until Ctrl+C

Port 9000 takes POST /readings. Port 9001 is a server of docs/message-channel.md, which also asks each board for a reading of its own every half minute.
"""
import http.server, json, select, socket, struct, sys, threading, time

MAXIMUM, INTERVAL, ASK_EVERY = 4096, 10.0, 30.0
MESSAGE, REQUEST, REPLY, ERROR, HEARTBEAT, GOODBYE = range(1, 7)


def say(*words):
    print(time.strftime("%H:%M:%S"), *words, flush=True)


class Readings(http.server.BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if self.path != "/readings" or length > MAXIMUM:
            self.send_error(404 if length <= MAXIMUM else 413)
            return
        try:
            reading = json.loads(self.rfile.read(length))
            say("sensor   ", self.client_address[0], reading["quantity"], reading["value"])
            self.send_response(204)
            self.end_headers()
        except (ValueError, KeyError, TypeError):
            self.send_error(400)

    def log_message(self, *_):
        pass


class Gone(Exception):
    pass


class Channel:
    """One board on a message channel, in a thread of its own."""

    def __init__(self, sock, peer):
        self.sock, self.peer, self.held = sock, peer, b""
        sock.settimeout(10)
        sock.sendall(struct.pack(">4sBBHII", b"EMCH", 1, 0, 0, MAXIMUM, int(INTERVAL * 1000)))
        magic, version, refusal, _, _, interval = struct.unpack(">4sBBHII", self.take(16, time.monotonic() + 5))
        if magic != b"EMCH" or version != 1 or refusal:
            raise Gone("no channel")
        self.interval = min(INTERVAL, interval / 1000)
        self.sent = self.heard = time.monotonic()
        self.asked, self.correlation = self.sent, 0

    def send(self, kind, correlation=0, payload=b""):
        self.sock.sendall(struct.pack(">IBBH", len(payload), kind, 0, correlation) + payload)
        self.sent = time.monotonic()

    def take(self, count, until):
        """So many octets, or nothing and a heartbeat where it is time for one."""
        while len(self.held) < count:
            now = time.monotonic()
            if now >= until:
                return None
            if select.select([self.sock], [], [], until - now)[0]:
                more = self.sock.recv(65536)
                if not more:
                    raise Gone("closed")
                self.held += more
                self.heard = time.monotonic()
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    def next(self):
        head = self.take(8, self.sent + self.interval)
        if head is None:
            return None
        length, kind, _, correlation = struct.unpack(">IBBH", head)
        if length > MAXIMUM:
            raise Gone("a message of %d octets" % length)
        payload = self.take(length, time.monotonic() + 30)
        if payload is None:
            raise Gone("half a message")
        return kind, correlation, payload

    def run(self):
        say("telemetry", self.peer, "connected")
        while True:
            frame = self.next()
            now = time.monotonic()
            if now - self.heard > 3 * self.interval:
                raise Gone("silent")
            if now - self.asked >= ASK_EVERY:
                self.asked, self.correlation = now, self.correlation % 65535 + 1
                self.send(REQUEST, self.correlation, b"read")
            elif now - self.sent >= self.interval:
                self.send(HEARTBEAT)
            if frame is None:
                continue
            kind, correlation, payload = frame
            if kind == MESSAGE or kind == REPLY:
                say("telemetry", self.peer, "answers" if kind == REPLY else "sends", payload.decode("ascii", "replace"))
            elif kind == REQUEST:
                self.send(ERROR, correlation, struct.pack(">H", 1))
            elif kind == GOODBYE:
                raise Gone("said goodbye")


def board(sock, peer):
    try:
        Channel(sock, peer).run()
    except (Gone, OSError) as e:
        say("telemetry", peer, "left:", e)
    finally:
        sock.close()


def main():
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
    web = http.server.ThreadingHTTPServer((address, 9000), Readings)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    listener = socket.create_server((address, 9001))
    say("listening on", address)
    while True:
        sock, peer = listener.accept()
        threading.Thread(target=board, args=(sock, peer[0]), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
