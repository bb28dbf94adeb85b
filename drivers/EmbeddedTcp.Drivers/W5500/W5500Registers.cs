namespace EmbeddedTcp.Drivers.W5500;

/// <summary>
/// The W5500's registers, bits, commands and times under the names of its data sheet (v1.0.9; sections in the comments).
/// </summary>
internal static class W5500Registers
{
    // Control byte of an SPI frame, section 2.2.2: BSB[4:0] in bits 7..3, RWB in bit 2, OM[1:0] in bits 1..0.
    public const int BSB_COMMON = 0x00;
    public const int BSB_S0_REGISTER = 0x08;
    public const int BSB_S0_TX_BUFFER = 0x10;
    public const int BSB_S0_RX_BUFFER = 0x18;
    public const int BSB_SOCKET_STEP = 0x20;
    public const int RWB_WRITE = 0x04;
    public const int OM_VDM = 0x00;
    public const int OM_FDM_1 = 0x01;
    public const int OM_FDM_2 = 0x02;
    public const int OM_FDM_4 = 0x03;

    /// <summary>Bytes of the address and control phases before the data.</summary>
    public const int FrameHeader = 3;

    // Common registers, section 4.1.
    public const int MR = 0x00;
    public const int GAR = 0x01;
    public const int SHAR = 0x09;
    public const int INTLEVEL = 0x13;
    public const int IR = 0x15;
    public const int IMR = 0x16;
    public const int SIR = 0x17;
    public const int SIMR = 0x18;
    public const int RTR = 0x19;
    public const int RCR = 0x1B;
    public const int PHYCFGR = 0x2E;
    public const int VERSIONR = 0x39;

    public const int MR_RST = 0x80;
    public const int SIMR_S0 = 0x01;
    public const int RTR_RESET_VALUE = 0x07D0;
    public const int VERSION = 0x04;

    public const int PHYCFGR_LNK = 0x01;
    public const int PHYCFGR_SPD = 0x02;
    public const int PHYCFGR_DPX = 0x04;

    /// <summary>RST, OPMD and OPMDC, which the driver leaves as the reset and the PMODE pins made them.</summary>
    public const int PHYCFGR_MODE = 0xF8;

    // Socket registers, section 4.2.
    public const int Sn_MR = 0x00;
    public const int Sn_CR = 0x01;
    public const int Sn_IR = 0x02;
    public const int Sn_SR = 0x03;
    public const int Sn_RXBUF_SIZE = 0x1E;
    public const int Sn_TXBUF_SIZE = 0x1F;
    public const int Sn_TX_FSR = 0x20;
    public const int Sn_TX_RD = 0x22;
    public const int Sn_TX_WR = 0x24;
    public const int Sn_RX_RSR = 0x26;
    public const int Sn_RX_RD = 0x28;
    public const int Sn_RX_WR = 0x2A;
    public const int Sn_IMR = 0x2C;

    public const int Sn_MR_MACRAW = 0x04;
    public const int Sn_MR_MIP6B = 0x10;
    public const int Sn_MR_MMB = 0x20;
    public const int Sn_MR_MFEN = 0x80;

    public const int Sn_CR_OPEN = 0x01;
    public const int Sn_CR_CLOSE = 0x10;
    public const int Sn_CR_SEND = 0x20;
    public const int Sn_CR_RECV = 0x40;

    public const int Sn_IR_RECV = 0x04;
    public const int Sn_IR_SENDOK = 0x10;
    public const int Sn_IR_ALL = 0x1F;

    public const int SOCK_CLOSED = 0x00;
    public const int SOCK_MACRAW = 0x42;

    /// <summary>All of the chip's receive memory, and all of its transmit memory, goes to socket 0: 16 KB each.</summary>
    public const int BufferKilobytes = 16;

    /// <summary>Sockets 1 to 7 get no memory.</summary>
    public const int Sockets = 8;

    /// <summary>A received MACRAW frame is preceded by its length, big-endian, these two bytes included.</summary>
    public const int LengthHeader = 2;

    /// <summary>Longest frame the MAC hands over: 1,514 and a VLAN tag, without the FCS.</summary>
    public const int LongestReceived = 1518;
}
