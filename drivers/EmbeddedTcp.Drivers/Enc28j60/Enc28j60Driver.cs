using System;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Drivers.Enc28j60;

/// <summary>
/// The Microchip ENC28J60: 10BASE-T, 8 KB of memory, all else is left to the host.
/// </summary>
/// <remarks>
/// <para>The chip takes one register access per chip-select frame, and a bank has to be selected first; so the driver keeps copies of
/// what it wrote, stays in banks 0 and 1 on the data path, reads the header of the next frame together with the one before, and gives
/// room back once per backlog. Its errata (DS80349) are worked around at the places that name their items.</para>
/// <para>The chip does not negotiate: a partner that does will find half duplex. <see cref="FullDuplex"/> is right only where the
/// partner was set to it by hand as well.</para>
/// <para>The class is split by role: this file holds the state, then Open, SelfTest, Access, Receive, Transmit, Recovery,
/// Health and Describe.</para>
/// </remarks>
public sealed partial class Enc28j60Driver : EthernetDevice
{
    /// <summary>Set before <see cref="Open"/>: full duplex, where the partner is set to it by hand. Half duplex unless asked.</summary>
    public bool FullDuplex;

    /// <summary>Set before <see cref="Open"/>: take multicast frames too.</summary>
    public bool AcceptMulticast;

    /// <summary>Received headers that made no sense, also after reading again.</summary>
    public int BadHeaders;

    /// <summary>Received headers that were read twice because they made no sense the first time.</summary>
    public int Rereads;

    /// <summary>Frames the chip stored although it found them wrong: dropped.</summary>
    public int BadFrames;

    /// <summary>Times the chip reported that its receive memory had overflowed; each stands for one lost frame or more.</summary>
    public int Overflows;

    /// <summary>The receive pointers and the packet count contradicted each other, or what the driver had written.</summary>
    public int PointerMismatches;

    /// <summary>ECON1.BSEL was not where the driver had put it.</summary>
    public int BankMismatches;

    /// <summary>The configuration was gone or the receiver off: the chip had been reset behind our back.</summary>
    public int ConfigurationLosses;

    /// <summary>Nothing came in for a minute with the link up, or for five seconds while we sent; the receiver was restarted in case it was deaf.</summary>
    public int Silences;

    /// <summary>Late collisions, real ones or link pulses taken for one (DS80349 item 13); the frame was sent again.</summary>
    public int LateCollisions;

    /// <summary>Transmissions the chip never ended; the frame was sent again.</summary>
    public int SendTimeouts;

    /// <summary>Transmissions the chip ended without success and that were given up, such as after sixteen collisions.</summary>
    public int SendAborts;

    /// <summary>Times <see cref="Send"/> returned false because the frame before was still on its way.</summary>
    public int SendRefusals;

    /// <summary>Frames taken from the engine and dropped, as a cable that is not there would, while the link was down or the chip lost.</summary>
    public int SendsWithoutLink;

    /// <summary>Recovery, first step: the receiver was reset and its memory emptied.</summary>
    public int ReceiverRestarts;

    /// <summary>Recovery of the sender: the transmit logic was reset (DS80349 item 12).</summary>
    public int TransmitterRestarts;

    /// <summary>Recovery, last step: the chip was reset, whether it came back or not.</summary>
    public int Resets;

    /// <summary>Resets after which the chip did not come back; tried again every second.</summary>
    public int ResetFailures;

    /// <summary>Times the SPI clock was halved because the self-test had failed.</summary>
    public int ClockStepDowns;

    /// <summary>Changes of the link's state seen since <see cref="Open"/>.</summary>
    public int LinkChanges;

    /// <summary>Frames found by the periodic poll that the interrupt line had not announced.</summary>
    public int MissedInterrupts;

    private readonly SpiBus _bus;

    // Scratch for register access and short reads of memory; what is received into has whole words (the ESP32's DMA).
    private readonly byte[] _command = new byte[8];
    private readonly byte[] _answer = new byte[8];

    // What comes in while a frame goes out: nobody reads it, but the bus wants equal lengths. The self-test uses it too.
    private readonly byte[] _sink;

    private readonly byte[] _mac = new byte[6];
    private int _revision;
    private bool _opened;
    private bool _ready;
    private int _firstClockHz;
    private int _unreliableInARow;

    private bool _linkUp;
    private int _nextCheck;

    // The clock of the polls is not known before the first of them, so no moment can be set for it.
    private bool _checkAtNextPoll;
    private int _nextHealth;
    private int _lastFrameAt;
    private int _sentBeforeSilence;
    private int _consecutiveMisses;
    private bool _ignoreInterrupt;
    private int _trouble;

    // Receive: packets that EPKTCNT has announced, where the next of them starts, its header if that has been read, and where
    // ERXRDPT was last told that we are.
    private int _waiting;
    private int _next;
    private bool _headed;
    private int _headerNext;
    private int _headerCount;
    private int _headerStatus;
    private int _released;

    // ERXWRPT when an overflow was seen, or -1.
    private int _overflowMark = -1;

    // Transmit: the frame under way stays in the chip's memory until it has left, so that it can be sent again.
    private bool _inFlight;
    private int _sentAt;
    private int _attempts;
    private int _timeouts;
    private int _refusalsInARow;
    private int _timeoutsInARow;

    /// <summary>Allocates the buffers; nothing is sent to the chip yet.</summary>
    /// <param name="bus">The chip's pins.</param>
    public Enc28j60Driver(SpiBus bus)
    {
        if (bus == null)
        {
            throw new ArgumentNullException("bus");
        }

        // Opcode, frame with CRC, pad byte, the next header; then to whole words.
        const int Burst = 1 + MaxFrameLength + Enc28j60Registers.Crc + 1 + Enc28j60Registers.ReceiveHeader;
        _bus = bus;
        RxBuffer = new byte[(Burst + 3) & ~3];
        RxOffset = 1;
        TxOffset = SendHeader;
        TxBuffer = new byte[SendHeader + MaxFrameLength];
        _sink = new byte[(SendHeader + MaxFrameLength + 3) & ~3];
    }

    /// <inheritdoc/>
    public override bool LinkUp => _linkUp;

    /// <summary>The chip's revision as EREVID has it, or 0 before it is known.</summary>
    public int Revision => _revision;

    /// <inheritdoc/>
    public override int MemoryBytes => RxBuffer.Length + TxBuffer.Length + _sink.Length + _command.Length + _answer.Length;
}
