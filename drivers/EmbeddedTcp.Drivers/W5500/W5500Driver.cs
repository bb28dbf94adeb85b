using System;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Drivers.W5500;

/// <summary>
/// The WIZnet W5500 as a plain Ethernet controller: socket 0 in MACRAW mode, all 32 KB of its memory, no hardware TCP.
/// </summary>
/// <remarks>
/// <para>Traffic on the bus is what limits this chip, so the driver counts transactions. It keeps its own copies of
/// Sn_RX_RD and Sn_TX_WR, fetches as much of the backlog in one burst as its buffer holds, and packs several register
/// accesses into one chip-select frame: an SPI frame of fixed length (FDM, data sheet 2.4) ends by itself, so that the
/// next may follow without a chip-select edge, as WIZnet's own ioLibrary does it in its FDM mode. Whether the chip at hand accepts that is tried in <see cref="Open"/>;
/// if not, each access gets a transaction of its own.</para>
/// <para>The class is split by role: this file holds the state, then Open, SelfTest, Access, Receive, Transmit, Recovery and
/// Describe.</para>
/// </remarks>
public sealed partial class W5500Driver : EthernetDevice
{
    /// <summary>Receive buffer unless asked otherwise, in bytes: a burst of four frames of full size.</summary>
    public const int DefaultReceiveBufferSize =
        W5500Registers.FrameHeader + 4 * (W5500Registers.LengthHeader + MaxFrameLength);

    /// <summary>Smallest receive buffer, in bytes: one frame of the longest kind the chip hands over.</summary>
    public const int MinReceiveBufferSize =
        W5500Registers.FrameHeader + W5500Registers.LengthHeader + W5500Registers.LongestReceived;

    /// <summary>Set before <see cref="Open"/>: take multicast frames too. Off, the chip blocks them (Sn_MR.MMB).</summary>
    public bool AcceptMulticast;

    /// <summary>Set before <see cref="Open"/>: take IPv6 too. Off, the chip blocks it by EtherType (Sn_MR.MIP6B).</summary>
    public bool AcceptIpv6;

    /// <summary>Set before <see cref="Open"/>: false gives every register access its own chip-select frame, whatever the chip accepts.</summary>
    public bool AllowChains = true;

    /// <summary>Received length headers out of 62 to 1,520, or reaching past the backlog, also after reading again.</summary>
    public int BadLengths;

    /// <summary>Received data that was read twice because its length headers made no sense the first time.</summary>
    public int Rereads;

    /// <summary>Frames of 1,515 to 1,518 bytes, longer than the engine's buffers: dropped.</summary>
    public int OversizeFrames;

    /// <summary>Status reads given up because Sn_RX_RSR and Sn_RX_WR kept moving; the next poll tries again.</summary>
    public int TornReads;

    /// <summary>Sn_RX_RD or Sn_TX_WR did not hold what the driver had written.</summary>
    public int PointerMismatches;

    /// <summary>RECV commands the chip did not carry out and that were given again.</summary>
    public int LostCommands;

    /// <summary>Commands that Sn_CR still held after 100 ms.</summary>
    public int CommandTimeouts;

    /// <summary>Socket 0 was found closed or in another mode, or the configuration was gone: the chip had been reset behind our back.</summary>
    public int SocketLosses;

    /// <summary>Frames that were neither sent nor refused within the time limit.</summary>
    public int SendTimeouts;

    /// <summary>Frames the chip's pointers show as sent but for which SENDOK never came.</summary>
    public int MissingSendOks;

    /// <summary>Times <see cref="Send"/> returned false because the frame before was still on its way.</summary>
    public int SendRefusals;

    /// <summary>Frames taken from the engine and dropped, as a cable that is not there would, while the link was down or the chip lost.</summary>
    public int SendsWithoutLink;

    /// <summary>Recovery, first step: Sn_RX_RD written again and RECV repeated; nothing lost.</summary>
    public int Repeats;

    /// <summary>Recovery, second step: the backlog in the chip was skipped.</summary>
    public int Skips;

    /// <summary>Recovery, third step: socket 0 was closed and opened again.</summary>
    public int Reopens;

    /// <summary>Recovery, fourth step: the chip was reset, whether it came back or not.</summary>
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

    // Scratch for register access. Commands are composed in _command; the templates below are written once in Open
    // and only ever the first argument of Transfer. All answers come into _answer.
    private readonly byte[] _command = new byte[64];
    private readonly byte[] _answer = new byte[64];

    // What comes in while a frame goes out: nobody reads it, but the bus wants equal lengths.
    private readonly byte[] _sink;

    private readonly byte[] _mac = new byte[6];
    private int _socketMode;
    private bool _opened;
    private bool _ready;
    private bool _chained;
    private int _firstClockHz;
    private int _unreliableInARow;

    private bool _linkUp;
    private int _phy;
    private int _phyMode;
    private int _nextCheck;

    // The clock of the polls is not known before the first of them, so no moment can be set for it.
    private bool _checkAtNextPoll;
    private int _nextHealth;
    private int _consecutiveMisses;
    private bool _ignoreInterrupt;
    private bool _pollAgain;

    // Receive: our copy of Sn_RX_RD, what the chip still holds beyond it, and the batch in RxBuffer.
    private int _rxRd;
    private int _backlog;
    private int _nextFrame;
    private int _batchEnd;

    // Transmit: our copy of Sn_TX_WR and the frame under way.
    private int _txWr;
    private bool _inFlight;
    private int _sentAt;
    private int _refusalsInARow;
    private int _missingInARow;
    private int _timeoutsInARow;
    private bool _trustPointers;

    // The last command, until some status read shows Sn_CR at zero again.
    private bool _commandPending;
    private int _commandAt;
    private int _commandPolls;

    private int _trouble;

    /// <summary>Allocates the buffers; nothing is sent to the chip yet.</summary>
    /// <param name="bus">The chip's pins.</param>
    /// <param name="receiveBufferSize">
    /// Bytes for one burst, <see cref="MinReceiveBufferSize"/> to 16,384, rounded up to a multiple of 4. More than one frame's worth saves transactions
    /// when frames queue up.
    /// </param>
    public W5500Driver(SpiBus bus, int receiveBufferSize = DefaultReceiveBufferSize)
    {
        if (bus == null)
        {
            throw new ArgumentNullException("bus");
        }

        if (receiveBufferSize < MinReceiveBufferSize || receiveBufferSize > 16384)
        {
            throw new ArgumentOutOfRangeException("receiveBufferSize");
        }

        // What is received into is a multiple of four bytes long: the ESP32's DMA writes whole words.
        _bus = bus;
        RxBuffer = new byte[(receiveBufferSize + 3) & ~3];
        TxOffset = W5500Registers.FrameHeader;
        TxBuffer = new byte[W5500Registers.FrameHeader + MaxFrameLength];
        _sink = new byte[(W5500Registers.FrameHeader + MaxFrameLength + 3) & ~3];
    }

    /// <inheritdoc/>
    public override bool LinkUp => _linkUp;

    /// <summary>True when several register accesses share a chip-select frame; decided by <see cref="Open"/>.</summary>
    public bool Chained => _chained;

    /// <inheritdoc/>
    public override int MemoryBytes => RxBuffer.Length + TxBuffer.Length + _sink.Length + _command.Length + _answer.Length;
}
