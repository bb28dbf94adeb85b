namespace EmbeddedTcp.ChipModels.Enc28j60;

// The receive filters (8.0), on the frame in _incoming.
public sealed partial class Enc28j60Model
{
    private const int UCEN = 0x80;
    private const int ANDOR = 0x40;
    private const int CRCEN = 0x20;
    private const int PMEN = 0x10;
    private const int MPEN = 0x08;
    private const int HTEN = 0x04;
    private const int MCEN = 0x02;
    private const int BCEN = 0x01;

    private bool Passes(int length, bool valid)
    {
        int filters = _registers[ERXFCON];
        if (!valid && (filters & CRCEN) != 0)
        {
            return false;
        }

        if (_incoming[12] == 0x88 && _incoming[13] == 0x08)
        {
            ObeyPause();

            // MACON1.PASSALL: control frames end in the MAC unless they are wanted.
            if ((_registers[MACON1] & PASSALL) == 0)
            {
                return false;
            }
        }

        int enabled = filters & (UCEN | PMEN | MPEN | HTEN | MCEN | BCEN);
        if (enabled == 0)
        {
            // 8.0: promiscuous.
            return true;
        }

        int met = MetFilters(enabled, length);
        return (filters & ANDOR) != 0 ? met == enabled : met != 0;
    }

    private int MetFilters(int enabled, int length)
    {
        int met = 0;
        if (IsOwn(0))
        {
            met |= UCEN;
        }

        if ((_incoming[0] & 1) != 0)
        {
            met |= MCEN;
        }

        if (IsBroadcast(_incoming, 0))
        {
            met |= BCEN;
        }

        if ((enabled & HTEN) != 0 && MeetsHashTable())
        {
            met |= HTEN;
        }

        if ((enabled & MPEN) != 0 && IsOwn(0) && HoldsMagicPacket(length))
        {
            met |= MPEN;
        }

        if ((enabled & PMEN) != 0 && (MeetsPattern(length) || Faults.OneIn(Errata.PatternFilterLeaks)))
        {
            met |= PMEN;
        }

        return met & enabled;
    }

    // MAADR1 is the first octet on the wire; the pairs stand the wrong way round in the map (Table 3-1).
    private bool IsOwn(int offset)
    {
        byte[] frame = _incoming;
        byte[] registers = _registers;
        return frame[offset] == registers[MAADR5 + 4] && frame[offset + 1] == registers[MAADR5 + 5]
            && frame[offset + 2] == registers[MAADR5 + 2] && frame[offset + 3] == registers[MAADR5 + 3]
            && frame[offset + 4] == registers[MAADR5] && frame[offset + 5] == registers[MAADR5 + 1];
    }

    private static bool IsBroadcast(byte[] frame, int offset)
    {
        for (int i = 0; i < 6; i++)
        {
            if (frame[offset + i] != 0xFF)
            {
                return false;
            }
        }

        return true;
    }

    // 8.4: bits 28:23 of the CRC over the destination address point to a bit of EHT.
    private bool MeetsHashTable()
    {
        uint reflected = Crc32.Remainder(_incoming, 0, 6);
        uint crc = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            crc = (crc << 1) | ((reflected >> bit) & 1);
        }

        int pointer = (int)(crc >> 23) & 0x3F;
        return (_registers[EHT0 + (pointer >> 3)] & (1 << (pointer & 7))) != 0;
    }

    // 8.3: six FF, then the own address sixteen times, anywhere in the data.
    private bool HoldsMagicPacket(int length)
    {
        for (int start = 14; start + 102 <= length; start++)
        {
            if (!IsBroadcast(_incoming, start))
            {
                continue;
            }

            int repeats = 0;
            while (repeats < 16 && IsOwn(start + 6 + repeats * 6))
            {
                repeats++;
            }

            if (repeats == 16)
            {
                return true;
            }
        }

        return false;
    }

    // 8.2: the Internet checksum over those of 64 bytes from EPMO on whose bit in EPMM is set; the others are left out.
    private bool MeetsPattern(int length)
    {
        int offset = Pair(EPMO);
        if (offset + 64 > length)
        {
            return false;
        }

        int sum = 0;
        bool high = true;
        for (int i = 0; i < 64; i++)
        {
            if ((_registers[EPMM0 + (i >> 3)] & (1 << (i & 7))) != 0)
            {
                sum += high ? _incoming[offset + i] << 8 : _incoming[offset + i];
                high = !high;
            }
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (~sum & 0xFFFF) == Pair(EPMCS);
    }
}
