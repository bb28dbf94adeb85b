"""Drives a modelled chip by raw register access: sends an ARP request, prints the reply. Usage: chip_client.py PORT"""
import socket, struct, sys

MAC, IP, GATEWAY = bytes.fromhex("02000000cafe"), bytes([10, 77, 0, 2]), bytes([10, 77, 0, 1])


class Chip:
    """The protocol of boards/virtual/ChipService/README.md."""

    def __init__(self, port):
        self.s = socket.create_connection(("127.0.0.1", port), 10)
        magic, version, self.model = struct.unpack(">4sBBxx", self.read(8))
        assert magic == b"CHIP" and version == 1, magic

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.s.recv(n - len(data))
            assert more, "the service hung up"
            data += more
        return data

    def spi(self, out, answer=0):
        out = bytes(out) + bytes(answer)
        self.s.sendall(b"T" + struct.pack(">H", len(out)) + out)
        return self.read(len(out))[len(out) - answer:]

    def wait(self, us):
        self.s.sendall(b"W" + struct.pack(">I", us))

    def verdict(self):
        self.s.sendall(b"V")
        return self.read(struct.unpack(">H", self.read(2))[0]).decode()


class W5500(Chip):
    def rd(self, block, at, n):
        return self.spi([at >> 8, at & 255, block << 3], n)

    def wr(self, block, at, *data):
        self.spi([at >> 8, at & 255, block << 3 | 4, *data])

    def open(self):
        assert self.rd(0, 0x39, 1)[0] == 4, "VERSIONR"
        self.wr(0, 0x09, *MAC)
        self.wr(1, 0x00, 0x84)                       # MACRAW, address filter
        self.wr(1, 0x01, 0x01)                       # OPEN
        while not self.rd(0, 0x2E, 1)[0] & 1:        # PHYCFGR: link
            self.wait(10000)

    def send(self, frame):
        at = int.from_bytes(self.rd(1, 0x24, 2), "big")
        self.wr(2, at, *frame)
        self.wr(1, 0x24, *struct.pack(">H", (at + len(frame)) & 0xFFFF))
        self.wr(1, 0x01, 0x20)                       # SEND

    def receive(self):
        if self.rd(1, 0x26, 2) == b"\0\0":           # Sn_RX_RSR
            return None
        at = int.from_bytes(self.rd(1, 0x28, 2), "big")
        size = int.from_bytes(self.rd(3, at, 2), "big")
        frame = self.rd(3, (at + 2) & 0xFFFF, size - 2)
        self.wr(1, 0x28, *struct.pack(">H", (at + size) & 0xFFFF))
        self.wr(1, 0x01, 0x40)                       # RECV
        return frame


class Enc28j60(Chip):
    def bank(self, n):
        self.spi([0xBF, 3]), self.spi([0x9F, n])

    def wr(self, *pairs):
        for at, value in pairs:
            self.spi([0x40 | at, value])

    def phy(self, at, value):
        self.bank(2), self.wr((0x14, at), (0x16, value & 255), (0x17, value >> 8)), self.wait(20)

    def open(self):
        self.spi([0xFF]), self.wait(1000), self.bank(3)
        assert self.spi([0x12], 1)[0] == 6, "EREVID"
        self.wr((4, MAC[0]), (5, MAC[1]), (2, MAC[2]), (3, MAC[3]), (0, MAC[4]), (1, MAC[5]))
        self.phy(0x00, 0), self.phy(0x10, 0x0100)    # half duplex, no loopback
        self.wr((0x00, 1), (0x02, 0x32), (0x03, 0x40), (0x04, 0x12), (0x06, 0x12), (0x07, 0x0C), (0x0A, 0xEE), (0x0B, 0x05))
        self.bank(0), self.wr((8, 0), (9, 0), (10, 0xFF), (11, 0x17), (12, 0xFF), (13, 0x17)), self.spi([0x9F, 4])
        self.next, up = 0, 0
        while not up & 4:                            # PHSTAT2.LSTAT in its high byte
            self.bank(2), self.wr((0x14, 0x11), (0x12, 1)), self.wait(10000), self.wr((0x12, 0))
            up = self.spi([0x19, 0], 1)[0]
        self.bank(0)

    def send(self, frame):
        self.wr((2, 0), (3, 0x18), (4, 0), (5, 0x18), (6, len(frame) & 255), (7, 0x18 + (len(frame) >> 8)))
        self.spi(bytes([0x7A, 0]) + frame), self.spi([0x9F, 8])

    def receive(self):
        self.bank(1)
        count = self.spi([0x19], 1)[0]
        self.bank(0)
        if not count:
            return None
        self.wr((0, self.next & 255), (1, self.next >> 8))
        self.next, size, _ = struct.unpack("<HHH", self.spi([0x3A], 6))
        frame = self.spi([0x3A], size)[:-4]
        last = (self.next or 0x1800) - 1             # odd, as erratum 14 demands
        self.wr((12, last & 255), (13, last >> 8)), self.spi([0x9E, 0x40])
        return frame


chip = Chip(int(sys.argv[1]))
chip.__class__ = {1: W5500, 2: Enc28j60}[chip.model]
chip.open()
ask = b"\xff" * 6 + MAC + bytes.fromhex("08060001080006040001") + MAC + IP + bytes(6) + GATEWAY
for attempt in range(500):
    if attempt % 100 == 0:
        chip.send(ask.ljust(60, b"\0"))
    chip.wait(1000)
    frame = chip.receive()
    if frame and frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\x02":
        print("reply", ".".join(map(str, frame[28:32])), frame[22:28].hex(":"))
        break
print(chip.verdict())
