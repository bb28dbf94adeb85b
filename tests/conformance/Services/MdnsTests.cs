using System.Text;
using EmbeddedTcp.Services.Mdns;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>The multicast DNS responder in virtual time: RFC 6762, RFC 6763.</summary>
[TestClass]
public partial class MdnsTests
{
    private const uint Group = 0xE00000FB;
    private static readonly byte[] GroupMac = [1, 0, 0x5E, 0, 0, 0xFB];

    private sealed record Record(string Name, int Type, int Class, uint Ttl, byte[] Data);

    private sealed record Heard(int Id, int Flags, List<(string Name, int Type, int Class)> Questions, List<Record> Answers, List<Record> Authority, List<Record> Additional, uint To, int Port, int TimeToLive, long AtMs);

    private static (Dialogue T, MdnsResponder Mdns) Start(bool running = true)
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1, MulticastGroups = 1 });
        var mdns = new MdnsResponder(t.Net, "Board", "_http._tcp", 80);
        Assert.IsTrue(mdns.Start());
        if (running)
        {
            t.Wait(5000);
            Assert.AreEqual(MdnsState.Running, mdns.State);
            t.OtherFrames.Clear();
        }

        return (t, mdns);
    }

    private static byte[] Labels(string name)
        => [.. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];

    private static byte[] Question(string name, int type, int cls = 1) => [.. Labels(name), 0, (byte)type, (byte)(cls >> 8), (byte)cls];

    private static byte[] Answer(string name, int type, uint ttl, byte[] data)
        => [.. Labels(name), 0, (byte)type, 0x80, 1, .. Frames.Octets(ttl), (byte)(data.Length >> 8), (byte)data.Length, .. data];

    private static void Sends(Dialogue t, byte[] message, int port = 5353, uint from = Dialogue.Peer, bool direct = false)
        => t.Receives(Frames.Ethernet(
            direct ? Dialogue.OwnMac : GroupMac, Dialogue.PeerMac, 0x0800,
            Frames.Ipv4(from, direct ? Dialogue.Own : Group, 17, Frames.Udp(from, direct ? Dialogue.Own : Group, port, 5353, message))));

    private static void Asks(Dialogue t, byte[] question, int port = 5353, int id = 0, uint from = Dialogue.Peer)
        => Sends(t, [(byte)(id >> 8), (byte)id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question], port, from);

    private static string Name(byte[] m, ref int at)
    {
        var labels = new List<string>();
        for (; m[at] != 0; at += m[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(m, at + 1, m[at]));
        }

        at++;
        return string.Join('.', labels);
    }

    private static Heard? Hears(Dialogue t)
    {
        t.Poll();
        if (!t.OtherFrames.TryDequeue(out byte[]? frame))
        {
            return null;
        }

        byte[] udp = Frames.CheckedIpv4(frame, Dialogue.OwnMac, t.Net.Address, out uint to, out _);
        byte[] m = Frames.CheckedUdp(udp, t.Net.Address, to, out int from, out int port);
        Assert.AreEqual(5353, from);
        int at = 12;
        var questions = new List<(string, int, int)>();
        for (int i = Frames.UInt16(m, 4); i > 0; i--)
        {
            string name = Name(m, ref at);
            questions.Add((name, Frames.UInt16(m, at), Frames.UInt16(m, at + 2)));
            at += 4;
        }

        List<Record> Records(int count)
        {
            var list = new List<Record>();
            for (; count > 0; count--)
            {
                string name = Name(m, ref at);
                int size = Frames.UInt16(m, at + 8);
                list.Add(new Record(name, Frames.UInt16(m, at), Frames.UInt16(m, at + 2), Frames.UInt32(m, at + 4), m[(at + 10)..(at + 10 + size)]));
                at += 10 + size;
            }

            return list;
        }

        var heard = new Heard(Frames.UInt16(m, 0), Frames.UInt16(m, 2), questions, Records(Frames.UInt16(m, 6)), Records(Frames.UInt16(m, 8)), Records(Frames.UInt16(m, 10)), to, port, frame[22], t.NowMs);
        Assert.AreEqual(m.Length, at, "nothing behind the records");
        Assert.AreEqual(255, heard.TimeToLive, "RFC 6762 §11");
        return heard;
    }

    [TestMethod]   // §8.1: three probes 250 ms apart with the record proposed; §8.3: two announcements a second apart
    public void Name_is_probed_and_announced()
    {
        (Dialogue t, MdnsResponder mdns) = Start(running: false);
        var heard = new List<Heard>();
        for (int i = 0; i < 600; i++)
        {
            while (Hears(t) is { } one)
            {
                heard.Add(one);
            }

            t.Wait(10);
        }

        Assert.HasCount(5, heard);
        foreach (Heard probe in heard[..3])
        {
            Assert.AreEqual((0, Group, 5353), (probe.Flags, probe.To, probe.Port));
            CollectionAssert.AreEqual(new[] { ("board.local", 255, 1), ("board._http._tcp.local", 255, 1) }, probe.Questions);
            CollectionAssert.AreEqual(new[] { ("board.local", 1), ("board._http._tcp.local", 33) }, probe.Authority.Select(r => (r.Name, r.Type)).ToArray());
            CollectionAssert.AreEqual(Frames.Octets(Dialogue.Own), probe.Authority[0].Data);
            CollectionAssert.AreEqual((byte[])[0, 0, 0, 0, 0, 80, .. Labels("board.local")], probe.Authority[1].Data);
        }

        Assert.IsTrue(heard[1].AtMs - heard[0].AtMs is >= 240 and <= 270 && heard[2].AtMs - heard[1].AtMs is >= 240 and <= 270);
        foreach (Heard announcement in heard[3..])
        {
            Assert.AreEqual((0x8400, 4), (announcement.Flags, announcement.Answers.Count));
            Assert.IsTrue(announcement.Answers.Any(a => a.Name == "_http._tcp.local" && a.Type == 12 && a.Class == 1 && a.Ttl == 4500));
            Assert.IsTrue(announcement.Answers.Any(a => a.Name == "board.local" && a.Type == 1 && a.Class == 0x8001 && a.Ttl == 120));
        }

        Assert.IsTrue(heard[3].AtMs - heard[2].AtMs is >= 240 and <= 270 && heard[4].AtMs - heard[3].AtMs >= 990);
        Assert.AreEqual((MdnsState.Running, "Board"), (mdns.State, mdns.Name));
    }

    [TestMethod]   // §6: to the group, or to the asker if he wants it so (§5.4) or is an ordinary resolver (§6.7); DNS-SD (RFC 6763 §4, §9)
    public void Questions_are_answered()
    {
        (Dialogue t, MdnsResponder mdns) = Start();
        Asks(t, Question("BOARD.local", 1));
        Heard a = Hears(t)!;
        Assert.AreEqual((Group, 5353, 0, 0x8400, 0), (a.To, a.Port, a.Id, a.Flags, a.Questions.Count));
        CollectionAssert.AreEqual(Frames.Octets(Dialogue.Own), a.Answers.Single().Data);

        Asks(t, Question("board.local", 1, 0x8001));
        Assert.AreEqual(Dialogue.Peer, Hears(t)!.To);

        Asks(t, Question("board.local", 255), port: 40000, id: 0x1234);
        a = Hears(t)!;
        Assert.AreEqual((Dialogue.Peer, 40000, 0x1234), (a.To, a.Port, a.Id));
        Assert.AreEqual("board.local", a.Questions.Single().Name);
        Assert.AreEqual((10u, 1), (a.Answers.Single().Ttl, a.Answers.Single().Class));

        t.Wait(1000);
        Asks(t, Question("_http._tcp.local", 12));
        Assert.IsNull(Hears(t), "others may answer too: not at once");
        t.Wait(130);
        a = Hears(t)!;
        CollectionAssert.AreEqual(Labels("board._http._tcp.local"), a.Answers.Single().Data);
        Record srv = a.Additional.Single(r => r.Type == 33);
        Assert.AreEqual("board._http._tcp.local", srv.Name);
        CollectionAssert.AreEqual((byte[])[0, 0, 0, 0, 0, 80, .. Labels("board.local")], srv.Data);
        CollectionAssert.AreEqual(new byte[] { 0 }, a.Additional.Single(r => r.Type == 16).Data);
        Assert.HasCount(1, a.Additional.Where(r => r.Type == 1));

        Asks(t, Question("_services._dns-sd._udp.local", 12));
        t.Wait(130);
        CollectionAssert.AreEqual(Labels("_http._tcp.local"), Hears(t)!.Answers.Single().Data);
        Assert.AreEqual(5, mdns.Answered);

        Asks(t, Question("other.local", 1));
        Asks(t, Question("board.local", 28));
        Asks(t, Question("board.local", 1), from: 0x0B000001);
        Assert.IsNull(Hears(t), "what is not ours, or from another network, is not answered");
    }

    [TestMethod]   // §7.1: who knows the answer already is not told again
    public void Known_answers_are_not_repeated()
    {
        (Dialogue t, _) = Start();
        byte[] known = Answer("_http._tcp.local", 12, 4000, Labels("board._http._tcp.local"));
        byte[] old = Answer("_http._tcp.local", 12, 100, Labels("board._http._tcp.local"));
        byte[] other = Answer("_http._tcp.local", 12, 4000, Labels("printer._http._tcp.local"));
        foreach ((byte[] answer, bool answered) in new[] { (known, false), (old, true), (other, true) })
        {
            Sends(t, [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, .. Question("_http._tcp.local", 12), .. answer]);
            t.Wait(130);
            Assert.AreEqual(answered, Hears(t) != null);
            t.Wait(1000);
        }
    }

    [TestMethod]   // §9: a name that another host has gets a number and is probed for; our own records and goodbyes are no conflict
    public void Taken_name_gets_a_number()
    {
        foreach (bool running in new[] { false, true })
        {
            (Dialogue t, MdnsResponder mdns) = Start(running);
            byte[] Response(byte[] answer) => [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, .. answer];
            Sends(t, Response(Answer("board.local", 1, 120, Frames.Octets(Dialogue.Own))));
            Sends(t, Response(Answer("board.local", 1, 0, Frames.Octets(Dialogue.Peer))));
            Sends(t, Response(Answer("board.local", 1, 120, Frames.Octets(Dialogue.Peer))), port: 5000);
            Assert.AreEqual(0, mdns.Conflicts);
            Sends(t, Response(Answer("Board.local", 1, 120, Frames.Octets(Dialogue.Peer))));
            Assert.AreEqual((1, "Board-2", MdnsState.Probing), (mdns.Conflicts, mdns.Name, mdns.State));
            t.Wait(4000);
            t.OtherFrames.Clear();
            Asks(t, Question("board-2.local", 1));
            Assert.AreEqual("board-2.local", Hears(t)!.Answers.Single().Name);
            Asks(t, Question("_http._tcp.local", 12));
            t.Wait(130);
            CollectionAssert.AreEqual(Labels("board-2._http._tcp.local"), Hears(t)!.Answers.Single(r => r.Type == 12).Data);
        }
    }

    [TestMethod]   // §10.1: goodbye; and a new address is probed and announced
    public void Goodbye_and_new_address()
    {
        (Dialogue t, MdnsResponder mdns) = Start();
        t.Net.Configure(Dialogue.Own + 9, 24, 0);
        t.Wait(5000);
        Assert.AreEqual(MdnsState.Running, mdns.State);
        t.OtherFrames.Clear();
        mdns.Stop();
        Heard goodbye = Hears(t)!;
        Assert.HasCount(4, goodbye.Answers);
        Assert.IsTrue(goodbye.Answers.All(a => a.Ttl == 0));
        CollectionAssert.AreEqual(Frames.Octets(Dialogue.Own + 9), goodbye.Answers.Single(a => a.Type == 1).Data);
        Asks(t, Question("board.local", 1));
        Assert.IsNull(Hears(t));
        Assert.IsTrue(mdns.Start());
        Assert.ThrowsExactly<ArgumentException>(() => new MdnsResponder(t.Net, "a.b", null, 0));
    }

    [TestMethod]   // rubbish is survived, and the next question answered
    public void Rubbish_is_survived()
    {
        (Dialogue t, _) = Start();
        var random = new Random(4);
        byte[] good = [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, .. Question("_http._tcp.local", 12), .. Answer("_http._tcp.local", 12, 4000, Labels("board._http._tcp.local"))];
        for (int i = 0; i < 5000; i++)
        {
            byte[] m = [.. good];
            for (int j = random.Next(1, 8); j > 0; j--)
            {
                m[random.Next(m.Length)] = (byte)random.Next(256);
            }

            Sends(t, m[..random.Next(m.Length + 1)], direct: random.Next(2) == 0);
            t.OtherFrames.Clear();
        }

        t.Wait(2000);
        t.OtherFrames.Clear();
        Asks(t, Question("board.local", 1));
        Assert.IsNotNull(Hears(t));
    }
}
