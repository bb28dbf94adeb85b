using System;

namespace EmbeddedTcp.Tcp;

/// <content>What the application can do (RFC 9293 §3.9.1). Nothing here blocks; what must be sent goes out at the next poll or flush.</content>
public sealed partial class TcpConnection
{
    /// <summary>Octets that can be read now.</summary>
    public int Available
    {
        get { return ReceiveBuffer.Count; }
    }

    /// <summary>Octets that <see cref="Write"/> would accept now.</summary>
    public int WriteSpace
    {
        get { return CanWrite ? SendBuffer.Size - SendBuffer.Count : 0; }
    }

    /// <summary>True once the peer's FIN has arrived in order.</summary>
    public bool PeerClosed
    {
        get { return PeerFinReceived; }
    }

    private bool CanWrite
    {
        get
        {
            return !FinQueued && (CurrentState == TcpState.Established || CurrentState == TcpState.CloseWait
                || CurrentState == TcpState.SynSent || CurrentState == TcpState.SynReceived);
        }
    }

    /// <summary>The events since the last call, bits of <see cref="TcpEvents"/>, and clears them.</summary>
    public int TakeEvents()
    {
        int events = Events;
        Events = 0;
        return events;
    }

    /// <summary>Reads octets in order.</summary>
    /// <param name="buffer">Receives them.</param>
    /// <param name="offset">Where the first goes.</param>
    /// <param name="count">At most this many, 1 or more.</param>
    /// <returns>How many were read; 0 when none is there yet; −1 at the end of the stream, or when the connection ended (see <see cref="EndReason"/>).</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int Read(byte[] buffer, int offset, int count)
    {
        ReceiveBuffer ring = ReceiveBuffer;
        int n = ring.Count;
        if (n == 0 || count <= 0)
        {
            return Peek(buffer, offset, count);
        }

        if (buffer == null || (offset | (buffer.Length - count - offset)) < 0)
        {
            CheckRange(buffer, offset, count);
        }

        if (count < n)
        {
            n = count;
        }

        int head = ring.Head;
        if (head + n < ring.Data.Length)
        {
            Array.Copy(ring.Data, head, buffer, offset, n);
            ring.Head = head + n;
            ring.Count -= n;
        }
        else
        {
            ring.Peek(buffer, offset, n);
            ring.Consume(n);
        }

        // Nothing to announce while the right edge is where it can be, or nearly.
        if (RcvNxt + ring.Data.Length - ring.Count - RcvAdv >= Engine.Sender.WindowSmall)
        {
            OfferWindow();
        }

        return n;
    }

    /// <summary>As <see cref="Read"/>, but leaves the octets where they are.</summary>
    /// <param name="buffer">Receives them.</param>
    /// <param name="offset">Where the first goes.</param>
    /// <param name="count">At most this many, 1 or more.</param>
    /// <returns>As <see cref="Read"/>.</returns>
    public int Peek(byte[] buffer, int offset, int count)
    {
        CheckRange(buffer, offset, count);
        if (ReceiveBuffer.Count > 0)
        {
            return ReceiveBuffer.Peek(buffer, offset, count);
        }

        return PeerFinReceived || CurrentState == TcpState.Closed ? -1 : 0;
    }

    /// <summary>Queues octets for sending.</summary>
    /// <param name="buffer">Holds them; may be reused after the call.</param>
    /// <param name="offset">The first.</param>
    /// <param name="count">How many, 0 or more.</param>
    /// <returns>How many were accepted, 0 when the ring is full; −1 when nothing can be sent any more.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int Write(byte[] buffer, int offset, int count)
    {
        if (buffer == null || (offset | count | (buffer.Length - count - offset)) < 0)
        {
            CheckRange(buffer, offset, count);
        }

        if (FinQueued || (CurrentState != TcpState.Established && !CanWrite))
        {
            return -1;
        }

        SendBuffer ring = SendBuffer;
        int used = ring.Count;
        int room = ring.Data.Length - used;
        int n = count < room ? count : room;
        int at = ring.Head + used;
        if (at + n <= ring.Data.Length)
        {
            Array.Copy(buffer, offset, ring.Data, at, n);
            ring.Count = used + n;
        }
        else
        {
            ring.Append(buffer, offset, n);
        }

        if (!OutputPending)
        {
            Engine.AddPending(this);
        }

        return n;
    }

    /// <summary>
    /// Ends our direction: a FIN follows what is queued. Reading goes on until the peer's FIN (half-close). May be called more than once.
    /// </summary>
    public void Shutdown()
    {
        if (!CanWrite)
        {
            return;
        }

        FinQueued = true;
        if (CurrentState == TcpState.Established)
        {
            // RFC 9293 §3.10.4: "in any case, enter FIN-WAIT-1 state", while the FIN waits for the data before it.
            // From CLOSE-WAIT the state changes when the FIN is sent.
            MoveTo(TcpState.FinWait1);
        }

        Engine.AddPending(this);
    }

    /// <summary>
    /// Gives the connection back. What is queued is still sent, followed by a FIN, in the background; but when data arrived that was
    /// not read, the peer gets a RST, so that it learns its data was lost (RFC 9293 §3.6.1, RFC 2525 §2.17). <see cref="Linger"/> bounds the
    /// background.
    /// </summary>
    public void Close()
    {
        if (!OwnedByApplication)
        {
            return;
        }

        if ((ReceiveBuffer.Count > 0 || LingerMs == 0) && CurrentState != TcpState.Closed && CurrentState != TcpState.TimeWait)
        {
            Abort();
            return;
        }

        if (CurrentState == TcpState.SynSent)
        {
            // RFC 9293 §3.10.4, SYN-SENT: delete the TCB.
            Engine.End(this, TcpEndReason.Aborted);
        }

        Shutdown();
        OwnedByApplication = false;
        Straight = false;
        Engine.Released(this);
    }

    /// <summary>Ends the connection at once with a RST (RFC 9293 §3.10.5) and gives it back; queued data is lost.</summary>
    public void Abort()
    {
        if (!OwnedByApplication)
        {
            return;
        }

        Engine.Abort(this, TcpEndReason.Aborted);
        OwnedByApplication = false;
        Straight = false;
        Engine.Released(this);
    }

    // Receiver's silly window avoidance (RFC 9293 §3.8.6.2.2): an update goes out only when it is worth a segment,
    // which a closed window that reopens always is.
    private void OfferWindow()
    {
        if (PeerFinReceived || CurrentState == TcpState.Closed)
        {
            return;
        }

        int growth = RcvNxt + ReceiveBuffer.Size - ReceiveBuffer.Count - RcvAdv;
        if (growth >= Engine.Sender.WindowWorth || RcvAdv - RcvNxt < Engine.Sender.WindowSmall)
        {
            AckNow = true;
            Engine.AddPending(this);
        }
    }

    private static void CheckRange(byte[] buffer, int offset, int count)
    {
        if (buffer == null)
        {
            throw new ArgumentNullException("buffer");
        }

        if ((offset | count | (buffer.Length - count - offset)) < 0)
        {
            throw new ArgumentException("range");
        }
    }
}
