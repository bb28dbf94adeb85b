using System.Text;
using EmbeddedTcp.Services.Dns;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>The resolver in virtual time: RFC 1035, RFC 2181, RFC 5452.</summary>
[TestClass]
public class DnsTests
{
    private const uint First = Dialogue.Peer;
    private const uint Second = Dialogue.Gateway;

    private sealed record Query(int Id, int Port, uint Server, string Name, byte[] Question);

    private static (Dialogue T, DnsClient Dns) Start(int servers = 1, int lookups = 2, int cache = 4)
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 3 });
        var dns = new DnsClient(t.Net, lookups, cache);
        dns.SetServer(0, servers > 0 ? First : 0);
        dns.SetServer(1, servers > 1 ? Second : 0);
        return (t, dns);
    }

    private static byte[] Labels(string name)
        => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];

    private static byte[] Record(byte[] owner, int type, uint ttl, byte[] data)
        => [.. owner, 0, (byte)type, 0, 1, .. Frames.Octets(ttl), (byte)(data.Length >> 8), (byte)data.Length, .. data];

    private static byte[] A(string owner, uint address, uint ttl = 300) => Record(Labels(owner), 1, ttl, Frames.Octets(address));

    private static byte[] Cname(string owner, string target, uint ttl = 300) => Record(Labels(owner), 5, ttl, Labels(target));

    private static byte[] Message(int id, byte[] question, int flags, params byte[][] answers)
        => [(byte)(id >> 8), (byte)id, (byte)(flags >> 8), (byte)flags, 0, 1, 0, (byte)answers.Length, 0, 0, 0, 0, .. question, .. answers.SelectMany(a => a)];

    private static void Sends(Dialogue t, Query q, byte[] message, uint? from = null, int port = 53, int? to = null)
        => t.Receives(Frames.Ethernet(
            Dialogue.OwnMac, Dialogue.PeerMac, 0x0800,
            Frames.Ipv4(from ?? q.Server, Dialogue.Own, 17, Frames.Udp(from ?? q.Server, Dialogue.Own, port, to ?? q.Port, message))));

    private static void Answers(Dialogue t, Query q, params byte[][] answers) => Sends(t, q, Message(q.Id, q.Question, 0x8180, answers));

    // The next question, within the time it takes at most.
    private static Query Hears(Dialogue t, int limit = 20_000)
    {
        for (int i = 0; i <= limit; i += 10)
        {
            t.Poll();
            while (t.OtherFrames.Count > 0)
            {
                byte[] frame = t.OtherFrames.Dequeue();
                byte[] payload = Frames.CheckedIpv4(frame, Dialogue.OwnMac, Dialogue.Own, out uint server, out int protocol);
                if (protocol == 17)
                {
                    byte[] m = Frames.CheckedUdp(payload, Dialogue.Own, server, out int port, out int to);
                    Assert.AreEqual(53, to);
                    return Read(m, port, server);
                }
            }

            t.Wait(10);
        }

        throw new AssertFailedException("no question");
    }

    private static Query Read(byte[] m, int port, uint server)
    {
        CollectionAssert.AreEqual(new byte[] { 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, m[2..12], "recursion desired, one question");
        var labels = new List<string>();
        int at = 12;
        while (m[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(m, at + 1, m[at]));
            at += m[at] + 1;
        }

        CollectionAssert.AreEqual(new byte[] { 0, 1, 0, 1 }, m[(at + 1)..], "type A, class IN, and nothing behind");
        return new Query(Frames.UInt16(m, 0), port, server, string.Join('.', labels), m[12..]);
    }

    private static DnsLookup Begin(DnsClient dns, string name)
    {
        DnsLookup? lookup = dns.Start(name);
        Assert.IsNotNull(lookup);
        return lookup;
    }

    [TestMethod]   // RFC 1035 §4: a question, its answer, and the answer again from the cache while its time to live lasts
    public void Name_is_looked_up_and_remembered()
    {
        (Dialogue t, DnsClient dns) = Start();
        DnsLookup lookup = Begin(dns, "Www.Example.COM.");
        Query q = Hears(t);
        Assert.AreEqual(("www.example.com", First), (q.Name, q.Server));
        Assert.IsTrue(q.Port >= 49152);
        Answers(t, q, A("wWw.example.com", 0x01020304), A("www.example.com", 0x01020305, 100), A("other.example.com", 0x09090909));
        Assert.AreEqual((DnsState.Done, 2, 0x01020304u, 0x01020305u), (lookup.State, lookup.AddressCount, lookup.AddressAt(0), lookup.AddressAt(1)));
        Assert.AreEqual((100L, false), (lookup.TtlSeconds, lookup.FromCache));
        lookup.Close();
        t.Wait(99_000);
        lookup = Begin(dns, "WWW.example.com");
        Assert.AreEqual((DnsState.Done, true, 2), (lookup.State, lookup.FromCache, lookup.AddressCount));
        Assert.IsTrue(lookup.TtlSeconds is 0 or 1);
        lookup.Close();
        t.Wait(1100);
        lookup = Begin(dns, "www.example.com");
        Assert.AreEqual(DnsState.Pending, lookup.State);
        Hears(t);
        Assert.AreEqual(2, dns.Queries);
    }

    [TestMethod]   // §3.6.2: aliases are followed, in any order, within an answer and beyond; loops of them end
    public void Aliases_are_followed()
    {
        (Dialogue t, DnsClient dns) = Start();
        DnsLookup lookup = Begin(dns, "a.test");
        Answers(t, Hears(t), A("c.test", 7), Cname("b.test", "c.test", 50), Cname("a.test", "b.test"));
        Assert.AreEqual((DnsState.Done, 7u, 50L), (lookup.State, lookup.AddressAt(0), lookup.TtlSeconds));
        lookup.Close();

        lookup = Begin(dns, "d.test");
        Answers(t, Hears(t), Cname("d.test", "e.other"));
        Query q = Hears(t);
        Assert.AreEqual("e.other", q.Name);
        Answers(t, q, A("e.other", 8));
        Assert.AreEqual((DnsState.Done, 8u), (lookup.State, lookup.AddressAt(0)));
        lookup.Close();
        lookup = Begin(dns, "d.test");
        Assert.IsTrue(lookup.FromCache, "remembered by the name that was asked for");
        lookup.Close();

        lookup = Begin(dns, "x.test");
        Answers(t, Hears(t), Cname("x.test", "y.test"), Cname("y.test", "x.test"));
        Assert.AreEqual((DnsState.Failed, DnsError.NoAddress), (lookup.State, lookup.Error));
        lookup.Close();

        lookup = Begin(dns, "n0.test");
        for (int i = 0; i < 9 && lookup.State == DnsState.Pending; i++)
        {
            q = Hears(t);
            Assert.AreEqual($"n{i}.test", q.Name);
            Answers(t, q, Cname($"n{i}.test", $"n{i + 1}.test"));
        }

        Assert.AreEqual((DnsState.Failed, DnsError.NoAddress), (lookup.State, lookup.Error));
    }

    [TestMethod]   // §4.1.4: compressed names; a pointer that leads forward or to itself, or in a circle, is refused
    public void Compression_is_understood_and_its_loops_refused()
    {
        (Dialogue t, DnsClient dns) = Start();
        DnsLookup lookup = Begin(dns, "www.example.com");
        byte[] pointer = [0xC0, 12];
        byte[] mail = [4, (byte)'m', (byte)'a', (byte)'i', (byte)'l', 0xC0, 16];
        Answers(t, Hears(t), Record(pointer, 5, 60, mail), Record(mail, 1, 60, [1, 2, 3, 4]));
        Assert.AreEqual((DnsState.Done, 0x01020304u), (lookup.State, lookup.AddressAt(0)));
        lookup.Close();

        int at = 12 + Labels("loop.test").Length + 4;
        foreach (byte[] owner in new byte[][]
        {
            [0xC0, (byte)at], [0xC0, (byte)(at + 2), 0xC0, (byte)at], [1, (byte)'a', 0xC0, (byte)at], [0xFF, 0xFF], [0x80, 0], [0x40, 1],
            [.. Enumerable.Repeat((byte[])[63, .. new byte[63]], 4).SelectMany(x => x), 0],
        })
        {
            lookup = Begin(dns, "loop.test");
            Answers(t, Hears(t), Record(owner, 1, 60, [1, 2, 3, 4]));
            Assert.AreEqual(DnsState.Pending, lookup.State, "an ill-formed answer counts as none");
            Query again = Hears(t);
            Answers(t, again, A("loop.test", 5, 0));
            Assert.AreEqual((DnsState.Done, 5u), (lookup.State, lookup.AddressAt(0)));
            lookup.Close();
        }
    }

    [TestMethod]   // RFC 5452 §9: another identifier, question, port or address is no answer, and the true one is still waited for
    public void Spoofed_answers_are_ignored()
    {
        (Dialogue t, DnsClient dns) = Start();
        DnsLookup lookup = Begin(dns, "bank.test");
        Query q = Hears(t);
        byte[] bad = A("bank.test", 0x66666666);
        byte[] otherName = [.. Labels("bonk.test"), 0, 1, 0, 1];
        byte[] otherType = [.. Labels("bank.test"), 0, 28, 0, 1];
        Sends(t, q, Message(q.Id ^ 1, q.Question, 0x8180, bad));
        Sends(t, q, Message(q.Id, otherName, 0x8180, bad));
        Sends(t, q, Message(q.Id, otherType, 0x8180, bad));
        Sends(t, q, Message(q.Id, q.Question, 0x0100, bad));
        Sends(t, q, Message(q.Id, q.Question, 0x8980, bad));
        Sends(t, q, Message(q.Id, q.Question, 0x8180)[..11]);
        Assert.AreEqual(6, dns.Spoofed);
        Sends(t, q, Message(q.Id, q.Question, 0x8180, bad), from: 0x0A000099);
        Sends(t, q, Message(q.Id, q.Question, 0x8180, bad), port: 54);
        Assert.AreEqual((6, 2), (dns.Spoofed, t.Drops(DropReason.NoUdpSocket)));
        Assert.AreEqual(DnsState.Pending, lookup.State);
        Answers(t, q, A("bank.test", 9));
        Assert.AreEqual((DnsState.Done, 9u), (lookup.State, lookup.AddressAt(0)));
    }

    [TestMethod]   // RFC 5452 §9.2: identifiers and ports are random and change with each question
    public void Identifier_and_port_are_random()
    {
        (Dialogue t, DnsClient dns) = Start(cache: 0);
        var ids = new HashSet<int>();
        var ports = new HashSet<int>();
        for (int i = 0; i < 100; i++)
        {
            DnsLookup lookup = Begin(dns, "a.test");
            Query q = Hears(t);
            ids.Add(q.Id);
            ports.Add(q.Port);
            lookup.Close();
        }

        Assert.IsTrue(ids.Count > 95 && ports.Count > 95, $"{ids.Count} {ports.Count}");
    }

    [TestMethod]   // lost questions: each server in turn, the wait doubled each round, then the end
    public void Silent_servers_are_asked_in_turn()
    {
        (Dialogue t, DnsClient dns) = Start(servers: 2);
        DnsLookup lookup = Begin(dns, "a.test");
        long last = t.NowMs;
        foreach ((uint server, int wait) in new[] { (First, 0), (Second, 2000), (First, 2000), (Second, 4000) })
        {
            Query q = Hears(t);
            Assert.AreEqual(server, q.Server);
            Assert.IsTrue(Math.Abs(t.NowMs - last - wait) <= 20, $"{t.NowMs - last} for {wait}");
            last = t.NowMs;
        }

        t.Wait(4100);
        Assert.AreEqual((DnsState.Failed, DnsError.TimedOut), (lookup.State, lookup.Error));
        Assert.AreEqual(0, Enumerable.Range(0, 3).Count(i => t.Net.Udp.SocketAt(i).LocalPort != 0), "every socket is given back");
    }

    [TestMethod]   // a server that fails, refuses or is not there is passed over at once; a name that does not exist is final
    public void Refusals_and_missing_names()
    {
        foreach (int code in new[] { 1, 2, 4, 5 })
        {
            (Dialogue t, DnsClient dns) = Start(servers: 2);
            DnsLookup lookup = Begin(dns, "a.test");
            Query q = Hears(t);
            Sends(t, q, Message(q.Id, q.Question, 0x8180 | code));
            q = Hears(t, 0);
            Assert.AreEqual(Second, q.Server);
            Answers(t, q, A("a.test", 3));
            Assert.AreEqual(DnsState.Done, lookup.State);
        }

        (Dialogue u, DnsClient client) = Start(servers: 2);
        DnsLookup missing = Begin(client, "none.test");
        Query asked = Hears(u);
        Sends(u, asked, Message(asked.Id, asked.Question, 0x8183));
        Assert.AreEqual((DnsState.Failed, DnsError.NoSuchName), (missing.State, missing.Error));
        missing.Close();
        missing = Begin(client, "mail.test");
        asked = Hears(u);
        Answers(u, asked, Record(Labels("mail.test"), 15, 5, [0, 1, 0]));
        Assert.AreEqual((DnsState.Failed, DnsError.NoAddress), (missing.State, missing.Error));
        missing.Close();

        DnsLookup unreachable = Begin(client, "a.test");
        asked = Hears(u);
        byte[] quote = Frames.Ipv4(Dialogue.Own, First, 17, Frames.Udp(Dialogue.Own, First, asked.Port, 53, new byte[20])[..8]);
        u.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(First, Dialogue.Own, 1, Frames.Icmp(3, 3, 0, quote))));
        Assert.AreEqual(Second, Hears(u, 0).Server);
        unreachable.Close();
    }

    [TestMethod]   // names that are none, addresses that need no server, no server at all, more lookups than there are
    public void Edges_of_the_verbs()
    {
        (Dialogue t, DnsClient dns) = Start();
        foreach (string? bad in new[] { null, "", ".", "a..b", ".a", new string('a', 64), string.Join('.', Enumerable.Repeat(new string('a', 50), 6)), "a b", "ü.test" })
        {
            DnsLookup lookup = Begin(dns, bad!);
            Assert.AreEqual((DnsState.Failed, DnsError.BadName), (lookup.State, lookup.Error), bad);
            lookup.Close();
        }

        DnsLookup literal = Begin(dns, "192.0.2.1");
        Assert.AreEqual((DnsState.Done, 0xC0000201u), (literal.State, literal.AddressAt(0)));
        literal.Close();
        literal.Close();
        string longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        DnsLookup first = Begin(dns, longest);
        Assert.AreEqual(longest, Hears(t).Name);
        Begin(dns, "b.test");
        Assert.IsNull(dns.Start("c.test"));
        first.Close();
        Assert.AreEqual(DnsState.Pending, Begin(dns, "c.test").State);

        (t, dns) = Start(servers: 0);
        DnsLookup none = Begin(dns, "a.test");
        t.Poll();
        Assert.AreEqual((DnsState.Failed, DnsError.NoServer), (none.State, none.Error));
        Assert.ThrowsExactly<ArgumentException>(() => new DnsClient(new Dialogue().Net, 1, 1));
    }

    [TestMethod]   // RFC 1035 §4.2.2, RFC 7766: a truncated answer is asked for again over TCP; its pieces may be small, its end far beyond what fits
    public void Truncated_answers_are_asked_for_over_tcp()
    {
        foreach (bool endless in new[] { false, true })
        {
            (Dialogue t, DnsClient dns) = Start();
            DnsLookup lookup = Begin(dns, "big.test");
            Query q = Hears(t);
            Sends(t, q, Message(q.Id, q.Question, 0x8380, A("big.test", 1)));
            t.PeerPort = 53;
            Segment syn = t.Next();
            Assert.AreEqual(TcpFlags.Syn, syn.Flags);
            int port = syn.SourcePort!.Value;
            uint seq = 900;
            t.Receives(SynAck.At(seq, syn.Seq + 1) with { Mss = 1460, DestinationPort = port });
            t.Wait(50);
            Segment question = t.All().Last(s => s.Length > 0);
            Assert.AreEqual(question.Text!.Length - 2, Frames.UInt16(question.Text, 0));
            Query asked = Read(question.Text[2..], port, First);
            Assert.AreEqual("big.test", asked.Name);
            byte[] answer = Message(asked.Id, asked.Question, 0x8180, [.. Enumerable.Range(1, 200).Select(i => A("big.test", (uint)i))]);
            byte[] stream = [(byte)(answer.Length >> 8), (byte)answer.Length, .. answer];
            seq++;
            for (int at = 0; at < stream.Length && lookup.State == DnsState.Pending; at += 700)
            {
                if (endless && at >= 2100)
                {
                    break;
                }

                byte[] piece = stream[at..Math.Min(stream.Length, at + 700)];
                t.Receives(new Segment(TcpFlags.Ack | TcpFlags.Psh, seq, question.Seq + (uint)question.Text.Length) { Text = piece, DestinationPort = port });
                seq += (uint)piece.Length;
                t.Wait(30);
            }

            Assert.AreEqual((DnsState.Done, 4, 1u), (lookup.State, lookup.AddressCount, lookup.AddressAt(0)));
            Assert.AreEqual(1, dns.Truncated);
            t.Wait(100);
            t.All();
            Assert.AreEqual(t.Tcp.SlotCount, t.Tcp.FreeSlots);
        }
    }

    [TestMethod]   // over TCP nobody answers: bounded, and the connection is given back
    public void Silent_tcp_is_bounded()
    {
        (Dialogue t, DnsClient dns) = Start();
        DnsLookup lookup = Begin(dns, "big.test");
        for (int i = 0; i < 10 && lookup.State == DnsState.Pending; i++)
        {
            Query q = Hears(t);
            Sends(t, q, Message(q.Id, q.Question, 0x8380));
            t.Wait(9000);
            t.All();
        }

        Assert.AreEqual(DnsState.Failed, lookup.State);
        Assert.AreEqual(t.Tcp.SlotCount, t.Tcp.FreeSlots);
    }

    [TestMethod]   // a full cache gives up what expires first; a time to live of zero or with its highest bit set is not remembered
    public void Cache_is_bounded()
    {
        (Dialogue t, DnsClient dns) = Start(cache: 2);
        void Look(string name, uint ttl, bool remembered)
        {
            DnsLookup lookup = Begin(dns, name);
            Assert.AreEqual(remembered, lookup.FromCache, name);
            if (!remembered)
            {
                Answers(t, Hears(t), A(name, 5, ttl));
            }

            lookup.Close();
        }

        Look("a.test", 100, false);
        Look("b.test", 50, false);
        Look("c.test", 70, false);
        Look("a.test", 0, true);
        Look("c.test", 0, true);
        Look("b.test", 0, false);
        Look("b.test", 0x80000005, false);
        Look("b.test", 60, false);
        Look("b.test", 60, true);
        t.Net.Configure(Dialogue.Own, 24, Second);
        Look("b.test", 60, false);
    }

    [TestMethod]   // any rubbish that passes for an answer is survived, and the next answer is understood
    public void Rubbish_is_survived()
    {
        (Dialogue t, DnsClient dns) = Start(cache: 0);
        var random = new Random(9);
        for (int i = 0; i < 3000; i++)
        {
            DnsLookup lookup = Begin(dns, "a.test");
            Query q = Hears(t);
            byte[] m = Message(q.Id, q.Question, 0x8180, Cname("a.test", "b.test"), A("b.test", 5), Record([0xC0, 12], 1, 9, [1, 2, 3, 4]));
            for (int j = random.Next(1, 6); j > 0; j--)
            {
                m[random.Next(12 + q.Question.Length, m.Length)] = (byte)random.Next(256);
            }

            Sends(t, q, m[..random.Next(12 + q.Question.Length, m.Length + 1)]);
            t.OtherFrames.Clear();
            lookup.Close();
        }

        DnsLookup good = Begin(dns, "a.test");
        Answers(t, Hears(t), A("a.test", 77));
        Assert.AreEqual(77u, good.AddressAt(0));
    }
}
