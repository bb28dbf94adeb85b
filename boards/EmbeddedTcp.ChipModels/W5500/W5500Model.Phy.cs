namespace EmbeddedTcp.ChipModels.W5500;

// The PHY behind PHYCFGR (data sheet 4.1, 0x2E): mode, negotiation, link.
public sealed partial class W5500Model
{
    /// <summary>From plugging in, or PHY reset, to the link. A real one takes 1.5 to 3 s; less lets a virtual board boot quickly.</summary>
    public long NegotiationNanoseconds = 100000000;

    /// <summary>The link partner is capable of 100 Mbit/s.</summary>
    public bool PartnerFast = true;

    /// <summary>The link partner negotiates, and full duplex with it.</summary>
    public bool PartnerFullDuplex = true;

    /// <summary>What the board's PMODE pins say while PHYCFGR.OPMD is 0: an OPMDC value, 7 for all capabilities.</summary>
    public int PmodePins = 7;

    private bool _linkUp;
    private bool _speed100;
    private bool _fullDuplex;
    private long _linkDue = Never;

    // RST, OPMD and OPMDC as written, and the mode the last PHY reset took over.
    private int _phyWritten = 0xB8;
    private int _phyMode = 7;

    /// <inheritdoc/>
    public override bool LinkUp => _linkUp;

    /// <inheritdoc/>
    protected override void CableChanged()
    {
        if (Plugged)
        {
            StartNegotiation();
        }
        else
        {
            LoseLink();
        }
    }

    private void ResetPhy()
    {
        _phyWritten = 0xB8;
        _phyMode = PmodePins;
        StartNegotiation();
    }

    private int PhyConfiguration()
    {
        int link = !_linkUp ? 0 : 1 | (_speed100 ? 2 : 0) | (_fullDuplex ? 4 : 0);
        return _phyWritten | link;
    }

    // The mode bits take effect with the PHY reset: RST written 0, then 1.
    private void WritePhyConfiguration(int value)
    {
        bool wasInReset = (_phyWritten & 0x80) == 0;
        _phyWritten = value & 0xF8;
        if ((value & 0x80) == 0)
        {
            LoseLink();
        }
        else if (wasInReset)
        {
            _phyMode = (value & 0x40) != 0 ? (value >> 3) & 7 : PmodePins;
            StartNegotiation();
        }
    }

    private void StartNegotiation()
    {
        LoseLink();

        // 110 is power down; 101 is not used; a forced 100 Mbit/s finds no partner that has only 10.
        bool needsFast = _phyMode == 2 || _phyMode == 3 || _phyMode == 4;
        if (Plugged && _phyMode != 6 && _phyMode != 5 && (PartnerFast || !needsFast))
        {
            _linkDue = NowNanoseconds + NegotiationNanoseconds;
            Reschedule();
        }
    }

    private void FinishNegotiation()
    {
        _linkDue = Never;
        _linkUp = true;
        _speed100 = _phyMode == 7 ? PartnerFast : _phyMode >= 2;
        _fullDuplex = _phyMode == 7 ? PartnerFullDuplex : _phyMode == 1 || _phyMode == 3;
    }

    // A frame on its way when the link goes is never reported as sent.
    private void LoseLink()
    {
        _linkUp = false;
        _linkDue = Never;
        _sendDue = Never;
        Reschedule();
    }
}
