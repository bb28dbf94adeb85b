namespace EmbeddedTcp.Link;

/// <summary>
/// The seam between the engine and a driver: one Ethernet controller that moves whole frames.
/// </summary>
/// <remarks>
/// The device owns the buffers on both sides, so that no frame is copied to please a bus. It is an abstract
/// class and not an interface because a virtual call costs half an interface call on the nano CLR.
/// No member is thread-safe: whoever polls the <see cref="NetworkInterface"/> owns the device.
/// </remarks>
public abstract class EthernetDevice
{
    /// <summary>Largest frame either way, in bytes: 14 of header and 1,500 of payload, without the FCS.</summary>
    public const int MaxFrameLength = 1514;

    /// <summary>Smallest frame on the wire, in bytes, without the FCS. The driver pads with zeros up to it.</summary>
    public const int MinFrameLength = 60;

    /// <summary>Holds the frame that <see cref="Receive"/> announced, from <see cref="RxOffset"/> on, until the next call of it.</summary>
    public byte[] RxBuffer;

    /// <summary>Where the received frame's destination address starts in <see cref="RxBuffer"/>.</summary>
    public int RxOffset;

    /// <summary>The engine composes an outgoing frame here, from <see cref="TxOffset"/> on; at least 1,514 bytes follow that offset.</summary>
    public byte[] TxBuffer;

    /// <summary>Where an outgoing frame's destination address goes in <see cref="TxBuffer"/>; what lies before is the driver's headroom.</summary>
    public int TxOffset;

    /// <summary>The time of the current poll in milliseconds, set by the engine before it calls anything else. Wraps; compare by signed difference.</summary>
    public int NowMs;

    /// <summary>Frames handed to the engine.</summary>
    public int FramesReceived;

    /// <summary>Frames accepted from the engine and given to the controller.</summary>
    public int FramesSent;

    /// <summary>Received data the driver had to give up: bad length, overrun, lost synchronisation.</summary>
    public int ReceiveErrors;

    /// <summary>Frames given to the controller that it did not report as sent in time.</summary>
    public int SendErrors;

    /// <summary>How often <see cref="Recover"/> brought the controller back, on its own account or on the engine's request.</summary>
    public int Recoveries;

    /// <summary>Why the last <see cref="Open"/> or <see cref="Recover"/> failed, as a sentence for a person; null after success.</summary>
    public string Error;

    /// <summary>Bytes of the driver's fixed buffers.</summary>
    public virtual int MemoryBytes
    {
        get { return 0; }
    }

    /// <summary>
    /// Resets, identifies and starts the controller.
    /// </summary>
    /// <param name="macAddress">Six bytes, the station's own address in transmission order.</param>
    /// <returns>True when frames can be exchanged (a missing link is no failure); false with <see cref="Error"/> set.</returns>
    public abstract bool Open(byte[] macAddress);

    /// <summary>
    /// Makes the next received frame available in <see cref="RxBuffer"/> at <see cref="RxOffset"/>.
    /// </summary>
    /// <returns>The frame's length in bytes without FCS (14 to 1,514), or 0 when none is waiting.</returns>
    public abstract int Receive();

    /// <summary>
    /// Sends the frame composed in <see cref="TxBuffer"/> at <see cref="TxOffset"/>, padding it to
    /// <see cref="MinFrameLength"/> with zeros.
    /// </summary>
    /// <param name="length">Frame length in bytes without FCS, 14 to 1,514.</param>
    /// <returns>False when the controller cannot take a frame now; nothing was sent and the caller may try again at the next poll.</returns>
    public abstract bool Send(int length);

    /// <summary>True while the PHY reports a link. Drivers refresh it at intervals of <see cref="NowMs"/> from within <see cref="Receive"/>.</summary>
    public abstract bool LinkUp { get; }

    /// <summary>Brings a controller that stopped answering back to the state after <see cref="Open"/>.</summary>
    /// <returns>True on success; false with <see cref="Error"/> set.</returns>
    public abstract bool Recover();

    /// <summary>Chip, revision, link and the decoded registers, as lines for the console separated by '\n'.</summary>
    public abstract string Describe();
}
