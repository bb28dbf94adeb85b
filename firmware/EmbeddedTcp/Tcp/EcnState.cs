namespace EmbeddedTcp.Tcp;

/// <summary>Explicit congestion notification of one connection (RFC 3168 §6.1): both halves are independent.</summary>
internal sealed class EcnState
{
    /// <summary>Receiver: a segment arrived with CE; every ACK carries ECE until the peer's CWR (§6.1.3).</summary>
    internal bool EchoDue;

    /// <summary>Sender: the window was reduced; the next new data carries CWR (§6.1.2).</summary>
    internal bool CwrDue;

    // Sender: at most one reduction in a window of data (§6.1.2).
    private int _reducedAt;

    internal void Start(int sndNxt)
    {
        EchoDue = false;
        CwrDue = false;
        _reducedAt = sndNxt;
    }

    /// <summary>A segment with text passed the checks (§6.1.3).</summary>
    internal void Received(bool congestionExperienced, bool cwr)
    {
        if (cwr)
        {
            EchoDue = false;
        }

        if (congestionExperienced)
        {
            EchoDue = true;
        }
    }

    /// <summary>An acceptable ACK carried ECE.</summary>
    internal void EchoReceived(TcpConnection c)
    {
        if (Sequence.LessOrEqual(c.SndUna, _reducedAt))
        {
            return;
        }

        c.Engine.Counters.EcnReductions++;
        c.Congestion.OnEcnEcho();
        Reduced(c);
    }

    /// <summary>The window was reduced, for whatever reason: the peer is told with the next new data.</summary>
    internal void Reduced(TcpConnection c)
    {
        _reducedAt = c.SndNxt;
        CwrDue = true;
    }
}
