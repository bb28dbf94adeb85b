using EmbeddedTcp.Messaging;
using EmbeddedTcp.StormTests.Storm;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.StormTests.Messaging;

/// <summary>
/// The application of one stack: on each channel it sends numbered messages and requests, answers some now, some later and some never, takes what comes
/// or lets it wait; and it checks that nothing is lost, repeated or out of order while a connection lives, and that each request ends once.
/// </summary>
internal sealed class ChannelEnds(Dice dice, string name) : ChannelHandler
{
    private const int Largest = 6000;
    private const int RequestMs = 4000;

    private readonly Dictionary<MessageChannel, Course> _courses = [];
    private readonly byte[] _small = new byte[1500];
    private int _sessions;

    internal int Messages { get; private set; }

    internal int Asked { get; private set; }

    internal int Answered { get; private set; }

    internal int Unanswered { get; private set; }

    internal int Waiting => _courses.Values.Sum(c => c.Open.Count);

    internal IEnumerable<Course> Open => _courses.Where(c => c.Key.State == ChannelState.Open).Select(c => c.Value);

    /// <summary>The stack was switched off.</summary>
    internal void Forget() => _courses.Clear();

    /// <summary>What an application does between two polls.</summary>
    internal void Step(MessageChannel channel, bool talking)
    {
        if (!_courses.TryGetValue(channel, out Course c) || channel.State != ChannelState.Open)
        {
            return;
        }

        if (channel.Holding && dice.Chance(300))
        {
            c.Takes = true;
            channel.Resume();
        }

        if (c.Owed.Count > 0 && dice.Chance(200) && channel.Reply(c.Owed[0].Request, c.Owed[0].Payload, 0, 8) == SendResult.Queued)
        {
            c.Owed.RemoveAt(0);
        }

        for (int i = dice.Below(3); i > 0 && talking; i--)
        {
            Say(channel, c);
        }
    }

    public override void OnOpen(MessageChannel channel)
    {
        _courses[channel] = new Course { Session = ++_sessions };
    }

    public override bool OnMessage(MessageChannel channel, byte[] message, int length)
    {
        Course c = _courses[channel];
        if (!Willing(c))
        {
            return false;
        }

        int session = BigEndian.ReadInt32(message, 0);
        int number = BigEndian.ReadInt32(message, 4);
        c.PeerSession = c.Received == 0 ? session : c.PeerSession;
        Assert.AreEqual((c.PeerSession, c.Received), (session, number), $"{name}: lost, repeated or out of order");
        for (int i = 8; i < length; i++)
        {
            Assert.AreEqual((byte)(number + i), message[i], $"{name}: octet {i} of {length}");
        }

        c.Received++;
        Messages++;
        return true;
    }

    public override bool OnRequest(MessageChannel channel, int request, byte[] message, int length)
    {
        Course c = _courses[channel];
        if (!Willing(c))
        {
            return false;
        }

        switch (dice.Below(4))
        {
            case 0:
                return channel.Reply(request, message, 0, length) != SendResult.NoRoom;
            case 1:
                return channel.ReplyError(request, 1000) != SendResult.NoRoom;
            case 2 when c.Owed.Count < 8:
                c.Owed.Add((request, message[..8]));
                return true;
            default:
                return true;
        }
    }

    public override void OnReply(MessageChannel channel, int request, byte[] message, int length)
    {
        Course c = _courses[channel];
        Assert.IsTrue(c.Open.Remove(request, out int number), $"{name}: request {request} ended twice, or was none");
        Assert.AreEqual((c.Session, number), (BigEndian.ReadInt32(message, 0), BigEndian.ReadInt32(message, 4)), $"{name}: another one's reply");
        Answered++;
    }

    public override void OnRequestFailed(MessageChannel channel, int request, int failure, int error)
    {
        Assert.IsTrue(_courses[channel].Open.Remove(request), $"{name}: request {request} ended twice, or was none");
        Assert.AreEqual(failure == RequestFailure.Error ? 1000 : 0, error);
        Unanswered++;
    }

    public override void OnClosed(MessageChannel channel, ChannelEnd end)
    {
        Assert.IsEmpty(_courses[channel].Open, $"{name}: requests outlive their channel");
        _courses.Remove(channel);
    }

    private bool Willing(Course c)
    {
        c.Takes |= dice.Chance(970);
        bool takes = c.Takes;
        c.Takes = false;
        return takes;
    }

    private void Say(MessageChannel channel, Course c)
    {
        int length = 8 + (dice.Chance(50) ? dice.Below(Largest - 8) : dice.Below(600));
        bool large = length > _small.Length;
        if (large && channel.Sending)
        {
            // Its buffer is in use.
            return;
        }

        byte[] b = large ? c.Large : _small;
        BigEndian.WriteInt32(b, 0, c.Session);
        if (!large && dice.Chance(300))
        {
            BigEndian.WriteInt32(b, 4, ++c.Requests);
            int request = channel.Request(b, 0, 8, RequestMs);
            if (request > 0)
            {
                Asked++;
                Assert.IsTrue(c.Open.TryAdd(request, c.Requests), $"{name}: request {request} is still waiting");
            }

            return;
        }

        BigEndian.WriteInt32(b, 4, c.Sent);
        for (int i = 8; i < length; i++)
        {
            b[i] = (byte)(c.Sent + i);
        }

        int result = large ? channel.SendLarge(b, 0, length) : channel.Send(b, 0, length);
        Assert.IsTrue(result is SendResult.Queued or SendResult.NoRoom, result.ToString());
        c.Sent += result == SendResult.Queued ? 1 : 0;
    }

    /// <summary>What happened on one connection.</summary>
    internal sealed class Course
    {
        public int Session { get; init; }

        public int PeerSession { get; set; }

        public int Sent { get; set; }

        public int Received { get; set; }

        public int Requests { get; set; }

        public bool Takes { get; set; }

        public byte[] Large { get; } = new byte[Largest];

        public Dictionary<int, int> Open { get; } = [];

        public List<(int Request, byte[] Payload)> Owed { get; } = [];
    }
}
