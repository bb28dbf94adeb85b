namespace EmbeddedTcp.ChipModels.Enc28j60;

// The PHY behind MICMD, MIREGADR, MIWR, MIRD and MISTAT (3.3): its registers, their timing, and the link.
public sealed partial class Enc28j60Model
{
    /// <summary>One read or write of a PHY register (3.3.1: 10.24 us).</summary>
    public long MiiNanoseconds = 10240;

    /// <summary>How long PHCON1.PRST stays set.</summary>
    public long PhyResetNanoseconds = 50000;

    /// <summary>From the first link pulses to the link.</summary>
    public long LinkNanoseconds = 100000000;

    /// <summary>The link partner is set to full duplex. One that negotiates takes this chip, which does not, for half duplex.</summary>
    public bool PartnerFullDuplex;

    /// <summary>The board's LED on LEDB is wired so that PHCON1.PDPXMD is set at reset (2.6).</summary>
    public bool LedSelectsFullDuplex;

    private const int PHCON1 = 0x00;
    private const int PHSTAT1 = 0x01;
    private const int PHID1 = 0x02;
    private const int PHID2 = 0x03;
    private const int PHCON2 = 0x10;
    private const int PHSTAT2 = 0x11;
    private const int PHIE = 0x12;
    private const int PHIR = 0x13;
    private const int PHLCON = 0x14;

    private const int PRST = 0x8000;
    private const int PLOOPBK = 0x4000;
    private const int PPWRSV = 0x0800;
    private const int PDPXMD = 0x0100;
    private const int FRCLNK = 0x4000;
    private const int TXDIS = 0x2000;
    private const int HDLDIS = 0x0100;
    private const int PLNKIE = 0x0010;
    private const int PGEIE = 0x0002;

    private readonly int[] _phy = new int[0x20];

    private bool _linkUp;
    private long _linkDue = Never;
    private bool _linkFailed;
    private bool _linkChanged;
    private long _phyResetEndsAt = Never;

    private long _miiDue = Never;
    private bool _miiWriting;
    private bool _scanning;
    private bool _scanInvalid;
    private int _miiAddress;
    private int _miiData;

    /// <inheritdoc/>
    public override bool LinkUp => _linkUp;

    private bool PhyFullDuplex => (_phy[PHCON1] & PDPXMD) != 0;

    /// <summary>Reads a PHY register past the bus, as a test's microscope: without its side effects.</summary>
    /// <param name="address">0x00 to 0x1F.</param>
    /// <returns>The register.</returns>
    public int PeekPhy(int address)
    {
        switch (address)
        {
            case PHSTAT1:
                // PFDPX and PHDPX: capable of both. LLSTAT: the link has not failed since the last read.
                return 0x1800 | (LinkIsUp && !_linkFailed ? 0x0004 : 0);
            case PHID1:
                return 0x0083;
            case PHID2:
                return 0x1400;
            case PHSTAT2:
                return (_transmitting ? 0x2000 : 0) | (Receiving ? 0x1000 : 0) | (LinkIsUp ? 0x0400 : 0)
                    | (PhyFullDuplex ? 0x0200 : 0);
            case PHIR:
                return !_linkChanged ? 0 : 0x0010 | ((_phy[PHIE] & (PLNKIE | PGEIE)) == (PLNKIE | PGEIE) ? 0x0004 : 0);
            default:
                return _phy[address & 0x1F];
        }
    }

    /// <inheritdoc/>
    protected override void CableChanged()
    {
        if (Plugged)
        {
            StartLink();
        }
        else
        {
            LoseLink();
        }
    }

    // FRCLNK pretends a link.
    private bool LinkIsUp => _linkUp || (_phy[PHCON2] & FRCLNK) != 0;

    private void ResetPhy()
    {
        for (int i = 0; i < _phy.Length; i++)
        {
            _phy[i] = 0;
        }

        bool full = LedSelectsFullDuplex;
        if (Faults.OneIn(Errata.LedPolarityMisread))
        {
            full = !full;
        }

        _phy[PHCON1] = full ? PDPXMD : 0;
        _phy[PHLCON] = 0x3422;
        _miiDue = Never;
        _scanning = false;
        _phyResetEndsAt = Never;
        LoseLink();
        _linkFailed = true;
        _linkChanged = false;
        if (_running)
        {
            StartLink();
        }
    }

    private void FinishPhyReset()
    {
        _phyResetEndsAt = Never;
        _phy[PHCON1] &= ~PRST;
    }

    private void StartLink()
    {
        if (Plugged && _running && !_linkUp && (_phy[PHCON1] & PPWRSV) == 0)
        {
            _linkDue = NowNanoseconds + LinkNanoseconds;
            Reschedule();
        }
    }

    private void FinishLink()
    {
        _linkDue = Never;
        _linkUp = true;
        ReportLinkChange();
    }

    private void LoseLink()
    {
        _linkDue = Never;
        if (_linkUp)
        {
            _linkUp = false;
            _linkFailed = true;
            ReportLinkChange();
        }

        Reschedule();
    }

    private void ReportLinkChange()
    {
        _linkChanged = true;
        UpdateInterrupt();
    }

    // 12.1.5: LINKIF shadows PHIR.PGIF.
    private int LinkFlag()
    {
        return _linkChanged && (_phy[PHIE] & (PLNKIE | PGEIE)) == (PLNKIE | PGEIE) ? LINKIF : 0;
    }

    private int ReadMiiStatus()
    {
        return (_miiDue != Never ? 1 : 0) | (_scanning ? 2 : 0) | (_scanInvalid ? 4 : 0);
    }

    private void WriteMiiCommand(int old, int value)
    {
        bool starts = (value & ~old & 3) != 0;
        if (starts && _miiDue != Never)
        {
            Violate("MICMD written while MISTAT.BUSY");
            return;
        }

        _registers[MICMD] = (byte)value;
        if (starts)
        {
            _scanning = (value & 2) != 0;
            _scanInvalid = _scanning;
            _miiWriting = false;
            _miiAddress = _registers[MIREGADR];
            _miiDue = NowNanoseconds + MiiNanoseconds;
            Reschedule();
        }
    }

    private void StartMiiWrite()
    {
        if (_miiDue != Never)
        {
            Violate("MIWRH written while MISTAT.BUSY");
            return;
        }

        _miiWriting = true;
        _miiAddress = _registers[MIREGADR];
        _miiData = Pair(MIWR);
        _miiDue = NowNanoseconds + MiiNanoseconds;
        Reschedule();
    }

    private void FinishMii()
    {
        _miiDue = Never;
        if (_miiWriting)
        {
            WritePhy(_miiAddress, _miiData);
            return;
        }

        PutPair(MIRD, PeekPhy(_miiAddress));
        if (_miiAddress == PHSTAT1)
        {
            _linkFailed = !LinkIsUp;
        }
        else if (_miiAddress == PHIR)
        {
            _linkChanged = false;
            UpdateInterrupt();
        }

        // 3.3.3: a scan goes on until MIISCAN is cleared; the read under way is then the last.
        _scanInvalid = false;
        _scanning = _scanning && (_registers[MICMD] & 2) != 0;
        if (_scanning)
        {
            _miiAddress = _registers[MIREGADR];
            _miiDue = NowNanoseconds + MiiNanoseconds;
        }
    }

    private void WritePhy(int address, int value)
    {
        switch (address)
        {
            case PHCON1:
                if ((value & PRST) != 0)
                {
                    ResetPhy();
                    _phy[PHCON1] |= PRST;
                    _phyResetEndsAt = NowNanoseconds + PhyResetNanoseconds;
                    break;
                }

                WritePhyControl(value & (PLOOPBK | PPWRSV | PDPXMD));
                break;
            case PHCON2:
                _phy[PHCON2] = value & 0x6500;
                break;
            case PHIE:
                _phy[PHIE] = value & (PLNKIE | PGEIE);
                UpdateInterrupt();
                break;
            case PHLCON:
                _phy[PHLCON] = 0x3000 | (value & 0x0FFE);
                break;
            case PHSTAT1:
            case PHID1:
            case PHID2:
            case PHSTAT2:
            case PHIR:
                Violate("write to a read-only PHY register");
                break;
            default:
                Violate($"reserved PHY register {address:X2}");
                break;
        }
    }

    private void WritePhyControl(int value)
    {
        if (((value ^ _phy[PHCON1]) & PDPXMD) != 0 && (_registers[ECON1] & (TXRTS | RXEN)) != 0)
        {
            Violate("PHCON1.PDPXMD changed while TXRTS or RXEN is set");
        }

        bool slept = (_phy[PHCON1] & PPWRSV) != 0;
        _phy[PHCON1] = value;
        if ((value & PPWRSV) != 0)
        {
            LoseLink();
        }
        else if (slept)
        {
            StartLink();
        }
    }
}
