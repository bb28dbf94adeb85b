namespace EmbeddedTcp.ChipModels.Enc28j60;

// Where the registers are (Table 3-1): bank in bits 6:5, address in bits 4:0; those of all banks stand in bank 0.
public sealed partial class Enc28j60Model
{
    private const int ERDPT = 0x00;
    private const int EWRPT = 0x02;
    private const int ETXST = 0x04;
    private const int ETXND = 0x06;
    private const int ERXST = 0x08;
    private const int ERXND = 0x0A;
    private const int ERXRDPT = 0x0C;
    private const int ERXWRPT = 0x0E;
    private const int EDMAST = 0x10;
    private const int EDMAND = 0x12;
    private const int EDMADST = 0x14;
    private const int EDMACS = 0x16;
    private const int EIE = 0x1B;
    private const int EIR = 0x1C;
    private const int ESTAT = 0x1D;
    private const int ECON2 = 0x1E;
    private const int ECON1 = 0x1F;
    private const int EHT0 = 0x20;
    private const int EPMM0 = 0x28;
    private const int EPMCS = 0x30;
    private const int EPMO = 0x34;
    private const int ERXFCON = 0x38;
    private const int EPKTCNT = 0x39;
    private const int MACON1 = 0x40;
    private const int MACON3 = 0x42;
    private const int MACON4 = 0x43;
    private const int MABBIPG = 0x44;
    private const int MACLCON1 = 0x48;
    private const int MACLCON2 = 0x49;
    private const int MAMXFL = 0x4A;
    private const int MICMD = 0x52;
    private const int MIREGADR = 0x54;
    private const int MIWR = 0x56;
    private const int MIRD = 0x58;
    private const int MAADR5 = 0x60;
    private const int EBSTSD = 0x66;
    private const int EBSTCON = 0x67;
    private const int EBSTCS = 0x68;
    private const int MISTAT = 0x6A;
    private const int EREVID = 0x72;
    private const int ECOCON = 0x75;
    private const int EFLOCON = 0x77;
    private const int EPAUS = 0x78;

    // EIR; EIE has the same places, and INTIE above them.
    private const int PKTIF = 0x40;
    private const int DMAIF = 0x20;
    private const int LINKIF = 0x10;
    private const int TXIF = 0x08;
    private const int TXERIF = 0x02;
    private const int RXERIF = 0x01;
    private const int INTIE = 0x80;

    private const int INT = 0x80;
    private const int BUFER = 0x40;
    private const int LATECOL = 0x10;
    private const int RXBUSY = 0x04;
    private const int TXABRT = 0x02;
    private const int CLKRDY = 0x01;

    private const int AUTOINC = 0x80;
    private const int PKTDEC = 0x40;
    private const int PWRSV = 0x20;

    private const int TXRST = 0x80;
    private const int RXRST = 0x40;
    private const int DMAST = 0x20;
    private const int CSUMEN = 0x10;
    private const int TXRTS = 0x08;
    private const int RXEN = 0x04;

    private const int PASSALL = 0x02;
    private const int MARXEN = 0x01;
    private const int RXPAUS = 0x04;
    private const int TXPAUS = 0x08;

    private const int TXCRCEN = 0x10;
    private const int HFRMEN = 0x04;
    private const int FULDPX = 0x01;

    // What a write may change, register by register. Addresses that are reserved or not there have none.
    private static readonly byte[] Writable =
    {
        0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0x00, 0x00,
        0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFB, 0x2B, 0x52, 0xE8, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0x00, 0x00, 0xFF, 0x1F, 0x00, 0x00, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x1F, 0x00, 0xFF, 0x70, 0x7F, 0x00, 0x7F, 0x7F, 0x0F, 0x3F, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x03, 0x00, 0x1F, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x03, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    };

    // MAC and MII registers answer after a dummy byte and need the clocks of the MAC (Table 3-1, 4.2.1).
    private static bool IsMac(int register)
    {
        return (register >= 0x40 && register < 0x60) || (register >= MAADR5 && register < MAADR5 + 6) || register == MISTAT;
    }

    private static bool IsReadOnly(int register)
    {
        switch (register)
        {
            case ERXWRPT:
            case ERXWRPT + 1:
            case EDMACS:
            case EDMACS + 1:
            case EPKTCNT:
            case MIRD:
            case MIRD + 1:
            case EBSTCS:
            case EBSTCS + 1:
            case MISTAT:
            case EREVID:
                return true;
            default:
                return false;
        }
    }

    private static bool IsImplemented(int register)
    {
        return Writable[register] != 0 || IsReadOnly(register);
    }

    private static string NameOf(int register)
    {
        return register switch
        {
            EIE => "EIE",
            EIR => "EIR",
            ESTAT => "ESTAT",
            ECON2 => "ECON2",
            ECON1 => "ECON1",
            ERXFCON => "ERXFCON",
            EPKTCNT => "EPKTCNT",
            MACON1 => "MACON1",
            MACON3 => "MACON3",
            MACON4 => "MACON4",
            MICMD => "MICMD",
            MIREGADR => "MIREGADR",
            MISTAT => "MISTAT",
            EREVID => "EREVID",
            _ => $"register {register >> 5}:{register & 0x1F:X2}",
        };
    }
}
