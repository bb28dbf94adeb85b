using EmbeddedTcp.Services.Mdns;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <content>How a responder behaves among others: RFC 6762 §6 to §9.</content>
public partial class MdnsTests
{
    private const string Instance = "board._http._tcp.local";

    private static byte[] Query(byte[][] questions, byte[][]? answers = null, byte[][]? authority = null, int flags = 0)
        => [0, 0, (byte)(flags >> 8), (byte)flags, 0, (byte)questions.Length, 0, (byte)(answers?.Length ?? 0), 0, (byte)(authority?.Length ?? 0), 0, 0,
            .. questions.SelectMany(q => q), .. (answers ?? []).SelectMany(a => a), .. (authority ?? []).SelectMany(a => a)];

    private static byte[] Response(params byte[][] answers) => Query([], answers, flags: 0x8400);

    private static byte[] Srv(string name, int port, string host) => Answer(name, 33, 120, [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. Labels(host)]);

    [TestMethod]   // §6: the group hears a record no more than once a second, or four times if somebody probes for the name
    public void Group_hears_a_record_once_a_second()
    {
        (Dialogue t, MdnsResponder mdns) = Start();
        byte[] ask = Query([Question("board.local", 1)]);
        byte[] probe = Query([Question("board.local", 255)], authority: [Answer("board.local", 1, 120, Frames.Octets(Dialogue.Peer))]);
        foreach ((int wait, byte[] message, bool answered) in new[] { (0, ask, true), (990, ask, false), (10, ask, true), (240, probe, false), (10, probe, true) })
        {
            t.Wait(wait);
            Sends(t, message);
            Assert.AreEqual(answered, Hears(t) != null, $"after {wait}");
        }

        Assert.AreEqual(2, mdns.Throttled);
        Asks(t, Question("board.local", 1), port: 40000);
        Assert.AreEqual(Dialogue.Peer, Hears(t)!.To, "the limit is the group's");
    }

    [TestMethod]   // §7.1: what is known is left out, and only that; known is what has half of its time at least
    public void Known_records_of_all_kinds_are_left_out()
    {
        (Dialogue t, _) = Start();
        byte[] pointer = Answer("_http._tcp.local", 12, 4000, Labels(Instance));
        Sends(t, Query([Question("_http._tcp.local", 12), Question("board.local", 1)], [pointer]));
        Assert.AreEqual(("board.local", 1), Hears(t)!.Answers.Select(a => (a.Name, a.Type)).Single());
        foreach ((uint ttl, byte[] data, bool answered) in new[] { (60u, Frames.Octets(Dialogue.Own), false), (59u, Frames.Octets(Dialogue.Own), true), (120u, Frames.Octets(Dialogue.Peer), true) })
        {
            t.Wait(1000);
            Sends(t, Query([Question("board.local", 1)], [Answer("board.local", 1, ttl, data)]));
            Assert.AreEqual(answered, Hears(t) != null, $"{ttl}");
        }

        foreach (bool known in new[] { true, false })
        {
            t.Wait(1000);
            Sends(t, Query([Question(Instance, 255)], [Srv(Instance, known ? 80 : 81, "board.local")]));
            CollectionAssert.AreEqual(known ? new[] { 16 } : [33, 16], Hears(t)!.Answers.Select(a => a.Type).Order().Reverse().ToArray());
        }
    }

    [TestMethod]   // §7.2: where more known answers are to follow they are waited for
    public void More_known_answers_are_waited_for()
    {
        foreach (bool follows in new[] { false, true })
        {
            (Dialogue t, _) = Start();
            Sends(t, Query([Question("_http._tcp.local", 12)], flags: 0x0200));
            t.Wait(390);
            Assert.IsNull(Hears(t));
            if (follows)
            {
                Sends(t, Query([], [Answer("_http._tcp.local", 12, 4000, Labels(Instance))]));
            }

            t.Wait(120);
            Assert.AreEqual(follows, Hears(t) == null);
        }
    }

    [TestMethod]   // §8.2: of two that probe at once the greater data win; the other begins anew a second later, under the same name
    public void Simultaneous_probes()
    {
        byte[] V6(string name) => Answer(name, 28, 120, new byte[16]);
        byte[] Address(uint address) => Answer("board.local", 1, 120, Frames.Octets(address));
        foreach ((byte[][] theirs, bool lost) in new (byte[][], bool)[]
        {
            ([Address(Dialogue.Own + 1)], true),
            ([Address(Dialogue.Own - 1)], false),
            ([Address(Dialogue.Own)], false),
            ([V6("board.local")], true),
            ([V6("board.local"), Address(Dialogue.Own - 1)], false),
            ([Srv(Instance, 81, "board.local")], true),
            ([Srv(Instance, 79, "board.local")], false),
            ([Srv(Instance, 80, "board.local")], false),
            ([Srv(Instance, 80, "boarc.local")], false),
            ([Srv(Instance, 80, "boare.local")], true),
            ([V6("other.local")], false),
        })
        {
            (Dialogue t, MdnsResponder mdns) = Start(running: false);
            while (Hears(t) == null)
            {
                t.Wait(10);
            }

            long at = t.NowMs;
            Sends(t, Query([Question("board.local", 255)], authority: theirs));
            Heard? next = null;
            while ((next = Hears(t)) == null)
            {
                t.Wait(10);
            }

            Assert.AreEqual(lost, next.AtMs - at >= 990, $"{next.AtMs - at}");
            Assert.IsTrue(next.AtMs - at <= 1020);
            Assert.AreEqual((0, "Board", MdnsState.Probing), (mdns.Conflicts, mdns.Name, mdns.State));
            t.Wait(5000);
            Assert.AreEqual(MdnsState.Running, mdns.State);
        }
    }

    [TestMethod]   // §8.1, §9: the service's name is ours alone too; and while we probe, an IPv6 address of the name is enough
    public void Conflicts_of_all_unique_records()
    {
        foreach ((bool running, byte[] record, bool conflict) in new[]
        {
            (true, Srv(Instance, 81, "board.local"), true),
            (true, Srv(Instance, 80, "printer.local"), true),
            (true, Srv(Instance, 80, "board.local"), false),
            (true, Answer(Instance, 16, 4500, [1, 65]), true),
            (true, Answer(Instance, 16, 4500, [0]), false),
            (true, Answer("board.local", 28, 120, new byte[16]), false),
            (false, Answer("board.local", 28, 120, new byte[16]), true),
            (true, Answer("_http._tcp.local", 12, 4500, Labels("printer._http._tcp.local")), false),
        })
        {
            (Dialogue t, MdnsResponder mdns) = Start(running);
            Sends(t, Response(Answer("printer.local", 1, 120, Frames.Octets(Dialogue.Peer)), record));
            Assert.AreEqual(conflict ? 1 : 0, mdns.Conflicts);
        }
    }

    [TestMethod]   // §5.4: a reply to one host alone would let the group's caches run dry: after a quarter of the time it goes to all
    public void Group_is_refreshed_by_unicast_questions()
    {
        (Dialogue t, _) = Start();
        foreach (uint to in new[] { Dialogue.Peer, Group, Dialogue.Peer })
        {
            Asks(t, Question("board.local", 1, 0x8001));
            Assert.AreEqual(to, Hears(t)!.To);
            t.Wait(to == Group ? 100 : 31_000);
        }
    }

    [TestMethod]   // the longest names asked for all at once, by an old resolver too: what is asked comes first, and nothing runs over
    public void Longest_names_fit()
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1, MulticastGroups = 1 });
        string name = new('n', 40);
        string type = "_" + new string('s', 34) + "._tcp";
        var mdns = new MdnsResponder(t.Net, name, type, 80);
        Assert.IsTrue(mdns.Start());
        t.Wait(40_000);
        t.OtherFrames.Clear();
        byte[][] all = [Question("_services._dns-sd._udp.local", 12), Question(type + ".local", 12), Question($"{name}.{type}.local", 255), Question(name + ".local", 1)];
        foreach (int port in new[] { 5353, 40000 })
        {
            Sends(t, Query(all), port);
            t.Wait(130);
            Assert.IsTrue(Hears(t)!.Answers.Count >= 4);
        }

        Sends(t, Query([Question(string.Join('.', Enumerable.Repeat(new string('x', 50), 4)), 1), .. all[1..]]), 40000);
        Heard heard = Hears(t)!;
        Assert.AreEqual(type + ".local", heard.Questions.Single().Name);
    }
}
