namespace EmbeddedTcp.Drivers.Enc28j60;

/// <summary>
/// The ENC28J60's instructions, registers, bits and layouts under the names of its data sheet (DS39662E; sections in the comments).
/// </summary>
/// <remarks>
/// A register's number here holds all that an access needs: bits 4..0 its address, bits 6..5 its bank, bit 7 set for the MAC and MII
/// registers, which give a dummy byte before their value and know no bit instructions.
/// </remarks>
internal static class Enc28j60Registers
{
    // SPI instructions, table 4-1: an opcode in bits 7..5 and a register's address, or a constant, in bits 4..0.
    public const int RCR = 0x00;
    public const int RBM = 0x3A;
    public const int WCR = 0x40;
    public const int WBM = 0x7A;
    public const int BFS = 0x80;
    public const int BFC = 0xA0;
    public const int SRC = 0xFF;

    public const int AddressMask = 0x1F;
    public const int BankShift = 5;
    public const int BankMask = 0x03;
    public const int MacOrMii = 0x80;

    // In every bank, table 3-1.
    public const int FirstCommon = 0x1B;
    public const int EIE = 0x1B;
    public const int EIR = 0x1C;
    public const int ESTAT = 0x1D;
    public const int ECON2 = 0x1E;
    public const int ECON1 = 0x1F;

    // Bank 0: the low byte's number; the high byte follows.
    public const int ERDPTL = 0x00;
    public const int ERDPTH = 0x01;
    public const int EWRPTL = 0x02;
    public const int EWRPTH = 0x03;
    public const int ETXSTL = 0x04;
    public const int ETXNDL = 0x06;
    public const int ETXNDH = 0x07;
    public const int ERXSTL = 0x08;
    public const int ERXNDL = 0x0A;
    public const int ERXRDPTL = 0x0C;
    public const int ERXRDPTH = 0x0D;
    public const int ERXWRPTL = 0x0E;
    public const int ERXWRPTH = 0x0F;

    // Bank 1.
    public const int ERXFCON = 0x38;
    public const int EPKTCNT = 0x39;

    // Bank 2: MAC and MII.
    public const int MACON1 = 0xC0;
    public const int MACON3 = 0xC2;
    public const int MACON4 = 0xC3;
    public const int MABBIPG = 0xC4;
    public const int MAIPGL = 0xC6;
    public const int MAIPGH = 0xC7;
    public const int MACLCON1 = 0xC8;
    public const int MACLCON2 = 0xC9;
    public const int MAMXFLL = 0xCA;
    public const int MAMXFLH = 0xCB;
    public const int MICMD = 0xD2;
    public const int MIREGADR = 0xD4;
    public const int MIWRL = 0xD6;
    public const int MIWRH = 0xD7;
    public const int MIRDL = 0xD8;
    public const int MIRDH = 0xD9;

    // Bank 3: the station address is spread over it in this order, the first octet in MAADR1.
    public const int MAADR5 = 0xE0;
    public const int MAADR6 = 0xE1;
    public const int MAADR3 = 0xE2;
    public const int MAADR4 = 0xE3;
    public const int MAADR1 = 0xE4;
    public const int MAADR2 = 0xE5;
    public const int MISTAT = 0xEA;
    public const int EREVID = 0x72;
    public const int EFLOCON = 0x77;

    // EIE and EIR, section 12.
    public const int EIE_INTIE = 0x80;
    public const int EIE_PKTIE = 0x40;
    public const int EIE_TXIE = 0x08;
    public const int EIE_TXERIE = 0x02;
    public const int EIR_PKTIF = 0x40;
    public const int EIR_TXIF = 0x08;
    public const int EIR_TXERIF = 0x02;
    public const int EIR_RXERIF = 0x01;

    // ESTAT, register 12-1.
    public const int ESTAT_RXBUSY = 0x04;
    public const int ESTAT_CLKRDY = 0x01;

    // ECON2, register 3-2.
    public const int ECON2_AUTOINC = 0x80;
    public const int ECON2_PKTDEC = 0x40;
    public const int ECON2_PWRSV = 0x20;

    // ECON1, register 3-1. DMAST and CSUMEN stay clear: DS80349 item 17, a DMA checksum aborts the frame being received.
    public const int ECON1_TXRST = 0x80;
    public const int ECON1_RXRST = 0x40;
    public const int ECON1_TXRTS = 0x08;
    public const int ECON1_RXEN = 0x04;
    public const int ECON1_BSEL = 0x03;

    // ERXFCON, register 8-1.
    public const int ERXFCON_UCEN = 0x80;
    public const int ERXFCON_CRCEN = 0x20;
    public const int ERXFCON_MCEN = 0x02;
    public const int ERXFCON_BCEN = 0x01;

    // MACON1, MACON3, MACON4, registers 6-1 to 6-3. PADCFG 001: pad to 60 bytes, then a CRC.
    public const int MACON1_TXPAUS = 0x08;
    public const int MACON1_RXPAUS = 0x04;
    public const int MACON1_MARXEN = 0x01;
    public const int MACON3_PADCFG_60 = 0x20;
    public const int MACON3_TXCRCEN = 0x10;
    public const int MACON3_FRMLNEN = 0x02;
    public const int MACON3_FULDPX = 0x01;
    public const int MACON4_DEFER = 0x40;

    // Section 6.5, steps 5 to 7: the gaps between frames.
    public const int MABBIPG_HALF = 0x12;
    public const int MABBIPG_FULL = 0x15;
    public const int MAIPGL_VALUE = 0x12;
    public const int MAIPGH_HALF = 0x0C;

    // Table 3-2: sixteen attempts at most; collisions up to byte 63 are no late ones.
    public const int MACLCON1_RESET_VALUE = 0x0F;
    public const int MACLCON2_RESET_VALUE = 0x37;

    // EFLOCON, register 10-1: flow control; in half duplex it jams the wire.
    public const int EFLOCON_FCEN = 0x03;

    // MII, registers 3-3 and 3-4.
    public const int MICMD_MIIRD = 0x01;
    public const int MISTAT_BUSY = 0x01;

    // PHY registers, table 3-3, reached through the MII.
    public const int PHCON1 = 0x00;
    public const int PHID1 = 0x02;
    public const int PHID2 = 0x03;
    public const int PHCON2 = 0x10;
    public const int PHSTAT2 = 0x11;
    public const int PHLCON = 0x14;

    public const int PHCON1_PDPXMD = 0x0100;
    public const int PHCON2_HDLDIS = 0x0100;
    public const int PHSTAT2_LSTAT = 0x0400;

    /// <summary>PHID1, and PHID2 without its revision: Microchip's identifier in the PHY.</summary>
    public const int PHID1_VALUE = 0x0083;
    public const int PHID2_VALUE = 0x1400;
    public const int PHID2_MASK = 0xFFF0;

    // LEDA link, LEDB traffic, stretched. DS80349 item 11: code 1110 would show the duplex mode only.
    public const int PHLCON_LINK_AND_TRAFFIC = 0x3476;

    // Reset values that nobody gets by chance, table 3-2.
    public const int ERDPT_RESET_VALUE = 0x05FA;
    public const int ECON2_RESET_VALUE = 0x80;

    // EREVID, table 1 of DS80349.
    public const int REVISION_B1 = 0x02;
    public const int REVISION_B4 = 0x04;
    public const int REVISION_B5 = 0x05;
    public const int REVISION_B7 = 0x06;

    /// <summary>The SPI clock's limit in hertz, section 4.1.</summary>
    public const int FastestClockHz = 20000000;

    // Before a received frame, figure 7-3: pointer to the next one, byte count with CRC, status; all of them little-endian.
    public const int ReceiveHeader = 6;
    public const int RSV_OK = 0x80;

    /// <summary>The per-packet control byte before a frame to be sent, figure 7-1: all as MACON3 says.</summary>
    public const int ControlByte = 0x00;

    // After a sent frame, table 7-1: seven bytes of status; bits 16 to 31 are in the bytes 2 and 3.
    public const int StatusVector = 7;
    public const int TSV2_DONE = 0x80;
    public const int TSV3_EXCESSIVE_COLLISIONS = 0x10;
    public const int TSV3_LATE_COLLISION = 0x20;
    public const int TSV3_ANY_ABORT = 0xF8;

    /// <summary>Bytes of the frame check sequence, which the chip hands over with a received frame.</summary>
    public const int Crc = 4;

    // The 8 KB of memory. DS80349 item 5: the receive FIFO starts at 0, or its write pointer might. Its end is odd, which
    // DS80349 item 14 needs. Behind it: control byte, 1,514 bytes, status vector.
    public const int RxStart = 0x0000;
    public const int RxEnd = 0x19FF;
    public const int RxSize = RxEnd + 1 - RxStart;
    public const int TxStart = 0x1A00;
}
