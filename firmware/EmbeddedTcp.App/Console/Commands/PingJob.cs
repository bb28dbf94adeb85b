using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Ping;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Echo requests one second apart, a line for each, and the sum of it.</summary>
public sealed class PingJob : Job
{
    private const int IntervalMs = 1000;

    private readonly TextOutput _output;
    private readonly EchoRequester _requester;
    private readonly uint _address;
    private readonly int _count;
    private readonly int _size;
    private long _sentAt = -1;
    private bool _reported;
    private int _shortest = int.MaxValue;
    private int _longest;
    private long _sum;
    private int _timed;
    private int _refused;
    private bool _aborted;

    /// <summary>A job that has sent nothing yet.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="output">Where it prints.</param>
    /// <param name="address">Who is asked.</param>
    /// <param name="count">How often, 1 or more.</param>
    /// <param name="size">Bytes of data in each request.</param>
    public PingJob(NetworkInterface net, TextOutput output, uint address, int count, int size)
    {
        _output = output;
        _address = address;
        _count = count;
        _size = size;
        _requester = new EchoRequester(net);
    }

    private int Tried => _requester.Sent + _refused;

    /// <inheritdoc/>
    public override int Run(long nowMs)
    {
        if (_aborted)
        {
            return End();
        }

        if (_sentAt >= 0)
        {
            Report(nowMs);
        }

        if (_reported && Tried == _count)
        {
            return End();
        }

        if (_sentAt < 0 || nowMs - _sentAt >= IntervalMs)
        {
            Send(nowMs);
        }

        return (int)(_sentAt + IntervalMs - nowMs);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _aborted = true;
        _requester.Close(); // There may be no further turn.
    }

    private void Send(long nowMs)
    {
        _sentAt = nowMs;
        _reported = false;
        if (!_requester.Send(_address, _size))
        {
            _refused++;
            _reported = true;
            _output.WriteLine("  no route, or the device is busy");
        }
    }

    // One line for each request: when its answer is here, or when the next one is due.
    private void Report(long nowMs)
    {
        if (_reported)
        {
            return;
        }

        int sequence = _requester.Sent - 1;
        int time = _requester.RoundTripOf(sequence);
        string text;
        if (time >= 0)
        {
            text = Format.Count(_requester.ReplySize, "byte") + ", ttl " + _requester.ReplyTimeToLive.ToString() + ", "
                + (time == 0 ? "less than 1 ms" : time.ToString() + " ms");
            _shortest = time < _shortest ? time : _shortest;
            _longest = time > _longest ? time : _longest;
            _sum += time;
            _timed++;
        }
        else if (time == -2)
        {
            text = ErrorName(_requester.ErrorType, _requester.ErrorCode) + ", says " + Ipv4Address.Format(_requester.ErrorFrom);
        }
        else if (nowMs - _sentAt >= IntervalMs)
        {
            text = "no reply within " + IntervalMs.ToString() + " ms";
        }
        else
        {
            return;
        }

        _reported = true;
        _output.WriteLine("  seq " + sequence.ToString() + ": " + text);
    }

    private int End()
    {
        _requester.Close();
        int sent = _requester.Sent;
        int received = _requester.Received;
        int lost = sent == 0 ? 0 : (sent - received) * 100 / sent;
        string duplicates = _requester.Duplicates == 0 ? "" : ", " + Format.Count(_requester.Duplicates, "duplicate");
        _output.WriteLine(sent.ToString() + " sent, " + received.ToString() + " received" + duplicates + ", " + lost.ToString() + " % lost");
        if (_timed != 0)
        {
            _output.WriteLine("round trip min " + _shortest.ToString() + ", average " + (_sum / _timed).ToString() + ", max "
                + _longest.ToString() + " ms");
        }

        Done = true;
        return 0;
    }

    private static string ErrorName(int type, int code)
    {
        if (type == IcmpHeader.TimeExceeded)
        {
            return "time exceeded";
        }

        if (type != IcmpHeader.DestinationUnreachable || code > IcmpHeader.CodePortUnreachable)
        {
            return "ICMP type " + type.ToString() + " code " + code.ToString();
        }

        return (code == 0 ? "network" : code == 1 ? "host" : code == 2 ? "protocol" : "port") + " unreachable";
    }
}
