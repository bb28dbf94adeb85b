namespace EmbeddedTcp.VirtualBoard.ChipService;

/// <summary>
/// The bytes of the chip service. A client's message is a command and its argument, numbers most significant byte first; the
/// answer, where there is one, is data and nothing else. Messages are carried out in their order and may be sent ahead of answers.
/// </summary>
internal static class ChipProtocol
{
    /// <summary>First four bytes of the greeting.</summary>
    public static readonly byte[] Magic = "CHIP"u8.ToArray();

    /// <summary>The fifth byte of the greeting.</summary>
    public const byte Version = 1;

    /// <summary>The sixth byte of the greeting.</summary>
    public const byte W5500 = 1;

    /// <summary>The sixth byte of the greeting.</summary>
    public const byte Enc28j60 = 2;

    /// <summary>What a client gets instead of the greeting while another holds the pins.</summary>
    public static readonly byte[] Busy = "BUSY"u8.ToArray();

    /// <summary>Chip select low. No argument, no answer.</summary>
    public const byte Select = (byte)'S';

    /// <summary>16 bits of count, so many bytes of MOSI; answered by so many bytes of MISO.</summary>
    public const byte Exchange = (byte)'X';

    /// <summary>Chip select high. No argument, no answer.</summary>
    public const byte Deselect = (byte)'D';

    /// <summary>Select, exchange and deselect in one: as <see cref="Exchange"/>.</summary>
    public const byte Transfer = (byte)'T';

    /// <summary>Answered by one byte: the level of INT, 0 while the chip asserts it.</summary>
    public const byte Interrupt = (byte)'I';

    /// <summary>32 bits of microseconds: RESET is low for so long. No answer.</summary>
    public const byte Reset = (byte)'R';

    /// <summary>32 bits of microseconds that pass for the chip at once. No answer.</summary>
    public const byte Wait = (byte)'W';

    /// <summary>Answered by 16 bits of count and so many bytes of UTF-8: what the chip has to say of its master.</summary>
    public const byte Verdict = (byte)'V';

    /// <summary>Most bytes of one exchange.</summary>
    public const int MaximumCount = 16384;

    /// <summary>Longest pulse or wait in microseconds.</summary>
    public const uint MaximumMicroseconds = 10_000_000;
}
