using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// SYN cookies (RFC 4987 §3.6): while the table of half-open peers is full, what would be remembered is put into the initial sequence number
/// of the SYN,ACK, and read back from the ACK. A genuine client connects through a flood, at the price of every option but the MSS.
/// </summary>
/// <remarks>
/// From the top: five bits of a counter that ticks about once a minute, three bits for the MSS, 24 bits of a keyed hash over the four-tuple,
/// the peer's sequence number, and the other eight bits. It is valid for the minute it was made in and the next one.
/// </remarks>
internal sealed class SynCookies
{
    // 2¹⁶ ms, 65.5 s.
    private const int PeriodShift = 16;
    private const int HashMask = 0xFFFFFF;

    private const int LastMss = 7;

    private readonly NetworkInterface _net;
    private readonly SegmentSender _sender;
    private readonly InitialSequence _sequence;
    private readonly bool _enabled;
    private readonly int _window;
    private bool _sent;
    private int _lastPeriod;

    internal SynCookies(NetworkInterface net, SegmentSender sender, InitialSequence sequence, StackOptions options)
    {
        _net = net;
        _sender = sender;
        _sequence = sequence;
        _enabled = options.SynCookies;
        _window = SegmentSender.WindowField(options.ReceiveBufferSize);
    }

    /// <summary>Answers a SYN and forgets it.</summary>
    /// <returns>False when cookies are switched off.</returns>
    internal bool Answer(TcpSegment s, int mss)
    {
        if (!_enabled)
        {
            return false;
        }

        int index = LastMss;
        while (index > 0 && MssAt(index) > mss)
        {
            index--;
        }

        _sent = true;
        _lastPeriod = Period;
        _net.Counters.CookiesSent++;
        _sender.ComposeSynOptions(0);
        _sender.SendControl(
            s.RemoteAddress, s.LocalPort, s.RemotePort, Cookie(s, s.Seq, _lastPeriod, index), s.Seq + 1,
            TcpFlags.Syn | TcpFlags.Ack, _window, true);
        return true;
    }

    /// <summary>The MSS in the cookie that an ACK to a listener acknowledges.</summary>
    /// <returns>
    /// 0 when it is no cookie of ours; −1 when it might be one, but not with this sequence number: text that overtook the segment that
    /// completes the handshake looks like that, and a RST would end what is about to begin.
    /// </returns>
    internal int MssOf(TcpSegment s)
    {
        // Nobody guesses a cookie while none is out.
        int age = Period - _lastPeriod;
        if (!_sent || age < 0 || age > 1)
        {
            return 0;
        }

        int cookie = s.Ack - 1;
        int irs = s.Seq - 1;
        int index = (cookie >> 24) & 7;
        for (int period = Period; period >= Period - 1; period--)
        {
            if (((cookie >> 27) & 31) == (period & 31))
            {
                return cookie == Cookie(s, irs, period, index) ? MssAt(index) : -1;
            }
        }

        return 0;
    }

    // What is announced most, and what tunnels leave of it.
    private static int MssAt(int index)
    {
        switch (index)
        {
            case 0: return 64;
            case 1: return 256;
            case 2: return 536;
            case 3: return 1024;
            case 4: return 1220;
            case 5: return 1400;
            case 6: return 1440;
            default: return 1460;
        }
    }

    private int Period
    {
        get { return (int)(_net.NowMs >> PeriodShift); }
    }

    // The last word's low three bits tell the uses of the hash apart.
    private int Cookie(TcpSegment s, int irs, int period, int index)
    {
        int hash = _sequence.Hash(s.RemoteAddress, (s.LocalPort << 16) | s.RemotePort, irs, (period << 6) | (index << 3) | 4);
        return ((period & 31) << 27) | (index << 24) | (hash & HashMask);
    }
}
