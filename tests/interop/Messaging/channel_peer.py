"""A peer of docs/message-channel.md, from that page alone. Usage:

channel_peer.py talk HOST PORT      a client: messages, requests, heartbeats, a goodbye
channel_peer.py bad HOST PORT WHAT  a client that breaks a rule, and prints how it ended
channel_peer.py serve ADDRESS PORT [SPEED]  for peers whose clock runs SPEED times as fast as this one's;
                                    a server, one channel after another: sends messages back, answers requests with their octets turned round
channel_peer.py bite ADDRESS PORT   a server that announces a frame of 2^32 - 1 octets, and prints how each channel ended
"""
import select, socket, struct, sys, time

MAGIC, VERSION = b"EMCH", 1
MESSAGE, REQUEST, REPLY, ERROR, HEARTBEAT, GOODBYE = range(1, 7)
MAXIMUM, INTERVAL = 60000, 500
SPEED = int(sys.argv[4]) if sys.argv[1] == "serve" and len(sys.argv) > 4 else 1


def hello(maximum=MAXIMUM, interval=INTERVAL * SPEED, version=VERSION):
    return struct.pack(">4sBBHII", MAGIC, version, 0, 0, maximum, interval)


def frame(kind, correlation, payload=b""):
    return struct.pack(">IBBH", len(payload), kind, 0, correlation) + payload


class Ended(Exception):
    pass


class Channel:
    def __init__(self, sock, greeting=None):
        self.s, self.held, self.frames, self.heartbeats = sock, b"", [], 0
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.s.settimeout(20)
        self.s.sendall(hello() if greeting is None else greeting)
        self.sent = self.heard = time.monotonic()
        self.interval = INTERVAL / 1000  # here, in our own seconds
        while len(self.held) < 16:
            self.fill(10)
        magic, version, refusal, _, self.peer_maximum, interval = struct.unpack(">4sBBHII", self.held[:16])
        self.held = self.held[16:]
        if magic != MAGIC or version != VERSION or refusal:
            raise Ended("hello %s %d %d" % (magic, version, refusal))
        self.interval = min(self.interval, interval / 1000 / SPEED)
        self.parse()

    def send(self, kind, correlation=0, payload=b""):
        assert len(payload) <= self.peer_maximum
        self.s.sendall(frame(kind, correlation, payload))
        self.sent = time.monotonic()

    def fill(self, seconds):
        if not select.select([self.s], [], [], max(0, seconds))[0]:
            return
        try:
            more = self.s.recv(65536)
        except ConnectionResetError:
            raise Ended("reset")
        if not more:
            raise Ended("end in a frame" if self.held else "end")
        self.held += more
        self.heard = time.monotonic()

    def parse(self):
        while len(self.held) >= 8:
            length, kind, zero, correlation = struct.unpack(">IBBH", self.held[:8])
            assert length <= MAXIMUM and zero == 0, (length, kind, zero)
            if len(self.held) < 8 + length:
                return
            payload, self.held = self.held[8:8 + length], self.held[8 + length:]
            assert (correlation != 0) == (kind in (REQUEST, REPLY, ERROR)), (kind, correlation)
            if kind == HEARTBEAT:
                assert not payload
                self.heartbeats += 1
            else:
                self.frames.append((kind, correlation, payload))

    def step(self, seconds):
        """Hears what comes, for so long at most, and keeps the channel alive."""
        now = time.monotonic()
        self.fill(min(seconds, self.sent + self.interval - now))
        self.parse()
        now = time.monotonic()
        if now - self.sent >= self.interval:
            self.send(HEARTBEAT)
        if now - self.heard >= 3 * self.interval:
            raise Ended("silence")

    def next(self, seconds=10):
        end = time.monotonic() + seconds
        while not self.frames:
            assert time.monotonic() < end, "nothing came"
            self.step(end - time.monotonic())
        return self.frames.pop(0)

    def last_words(self):
        """What the peer says before it ends the connection."""
        try:
            while True:
                kind, _, payload = self.next()
                if kind == GOODBYE:
                    words = "goodbye %d" % payload[0]
                    try:
                        while True:
                            self.next()
                    except Ended as e:
                        return words + ", " + str(e)
        except Ended as e:
            return str(e)


def pattern(length, seed):
    return bytes((seed + i * 7 + (i >> 8)) & 255 for i in range(length))


def talk(host, port):
    c = Channel(socket.create_connection((host, port), 10))
    print("peer takes", c.peer_maximum)

    # Sizes, one by one; then many at once, which come back in order.
    sizes = [n for n in (0, 1, 2, 255, 256, 1000, 1460, 4096, 5000, 20000, 50000) if n <= c.peer_maximum]
    for n in sizes:
        c.send(MESSAGE, 0, pattern(n, n))
        assert c.next() == (MESSAGE, 0, pattern(n, n)), n
    for i in range(200):
        c.send(MESSAGE, 0, pattern(40, i))
    for i in range(200):
        assert c.next() == (MESSAGE, 0, pattern(40, i)), i

    # Requests, all at once, with correlations of any kind.
    for i in range(50):
        c.send(REQUEST, 65535 - i * 1000, pattern(30, i))
    waiting = {65535 - i * 1000: pattern(30, i)[::-1] for i in range(50)}
    while waiting:
        kind, correlation, payload = c.next()
        assert kind == REPLY and waiting.pop(correlation) == payload, (kind, correlation)
    c.send(REQUEST, 3, b"?")
    kind, correlation, payload = c.next()
    assert (kind, correlation, payload[:2]) == (ERROR, 3, struct.pack(">H", 300)), (kind, correlation, payload)

    # An optional frame is skipped; in silence each side hears the other's heart.
    c.send(200, 0, b"from the future")
    before, end = c.heartbeats, time.monotonic() + 6 * c.interval
    while time.monotonic() < end:
        c.step(end - time.monotonic())
    assert 3 <= c.heartbeats - before <= 8, c.heartbeats - before
    c.send(GOODBYE, 0, b"\0")
    c.s.shutdown(socket.SHUT_WR)
    print("talked,", c.last_words())


BAD = {
    "length": lambda: struct.pack(">IBBH", 0xFFFFFFFF, MESSAGE, 0, 0),
    "maximum": lambda: struct.pack(">IBBH", MAXIMUM + 1, MESSAGE, 0, 0),
    "type": lambda: frame(9, 0),
    "flood": lambda: frame(HEARTBEAT, 0) * 200,
    "replies": lambda: frame(REPLY, 7, b"x") * 200,
    "half": lambda: frame(MESSAGE, 0, b"half")[:9],
    "silence": lambda: b"",
}


def bad(host, port, what):
    s = socket.create_connection((host, port), 10)
    if what == "version":
        c = Channel(s, hello(version=2))
    elif what == "http":
        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
        try:
            s.settimeout(10)
            while s.recv(100):
                pass
            print("ended: end")
        except ConnectionResetError:
            print("ended: reset")
        return
    else:
        c = Channel(s)
        s.sendall(BAD[what]())
        if what == "half":
            s.shutdown(socket.SHUT_WR)
    if what in ("silence", "half"):
        c.interval = 10
        c.sent += 100
    print("ended:", c.last_words())


def serve(address, port, greet):
    listener = socket.create_server((address, port))
    print("listens on", listener.getsockname()[1], flush=True)
    while True:
        sock, _ = listener.accept()
        try:
            greet(Channel(sock))
        except Ended as e:
            print("ended:", e, flush=True)
        except (BrokenPipeError, ConnectionResetError):
            print("ended: reset", flush=True)
        sock.close()


def echo(c):
    print("open", flush=True)
    while True:
        kind, correlation, payload = c.next(3600)
        if kind == MESSAGE:
            c.send(MESSAGE, 0, payload)
        elif kind == REQUEST and payload == b"ask me":
            c.send(REQUEST, 77, b"well?")
            c.send(REPLY, correlation)
        elif kind == REQUEST and payload == b"?":
            c.send(ERROR, correlation, struct.pack(">H", 300) + b"no such question")
        elif kind == REQUEST:
            c.send(REPLY, correlation, payload[::-1])
        elif kind == REPLY:
            print("reply", correlation, payload.decode(), flush=True)
        elif kind == GOODBYE:
            print("goodbye", payload[0], flush=True)
            return


def bite(c):
    c.s.sendall(BAD["length"]())
    print("ended:", c.last_words(), flush=True)


if __name__ == "__main__":
    verb, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if verb == "talk":
        talk(host, port)
    elif verb == "bad":
        bad(host, port, sys.argv[4])
    else:
        serve(host, port, echo if verb == "serve" else bite)
