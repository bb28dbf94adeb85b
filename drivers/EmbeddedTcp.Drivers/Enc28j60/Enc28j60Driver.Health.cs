using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// The health check, every 500 ms: the configuration, the pointers, and whether the chip still hears.
public sealed partial class Enc28j60Driver
{
    private const int SilenceMs = 60000;
    private const int UnansweredMs = 5000;
    private const int UnansweredFrames = 3;

    // A disturbance on the bus may have written anywhere: is all as Configure left it?
    private bool Healthy()
    {
        if (!MacIsOurs() || !BuffersAreOurs() || ReadPhy(PHCON1) != PhyControl() || ReadPhy(PHCON2) != PHCON2_HDLDIS)
        {
            return false;
        }

        CheckPointers();
        ListenForSilence();
        return true;
    }

    private bool MacIsOurs()
    {
        return Read(EREVID) == _revision && (Read(EFLOCON) & EFLOCON_FCEN) == 0
            && Read(MAADR1) == _mac[0] && Read(MAADR2) == _mac[1] && Read(MAADR3) == _mac[2]
            && Read(MAADR4) == _mac[3] && Read(MAADR5) == _mac[4] && Read(MAADR6) == _mac[5]
            && Read(MACON1) == Macon1() && Read(MACON3) == Macon3() && Read(MACON4) == MACON4_DEFER
            && Read(MABBIPG) == BackToBackGap() && Read(MAIPGL) == MAIPGL_VALUE && Read(MAIPGH) == MaipghValue()
            && Read(MACLCON1) == MACLCON1_RESET_VALUE && Read(MACLCON2) == MACLCON2_RESET_VALUE
            && ReadPair(MAMXFLL) == MaxFrameLength + Crc;
    }

    private bool BuffersAreOurs()
    {
        return Read(ERXFCON) == ReceiveFilter() && Read(EIE) == InterruptMask && Read(ECON2) == ECON2_AUTOINC
            && ReadPair(ERXSTL) == RxStart && ReadPair(ERXNDL) == RxEnd && ReadPair(ETXSTL) == TxStart;
    }

    // The pointers that the driver believes to know. What differs is written again, now or before its next use.
    private void CheckPointers()
    {
        if (ReadPair(ERXRDPTL) != ReadPointerBefore(_released))
        {
            PointerMismatches++;
            Release();
        }

        if (_erdpt >= 0 && ReadPair(ERDPTL) != _erdpt)
        {
            PointerMismatches++;
            _erdpt = -1;
        }

        if (_ewrpt >= 0 && ReadPair(EWRPTL) != _ewrpt)
        {
            PointerMismatches++;
            _ewrpt = -1;
        }

        if (_etxnd >= 0 && !_inFlight && ReadPair(ETXNDL) != _etxnd)
        {
            PointerMismatches++;
            _etxnd = -1;
        }
    }

    // A receiver that hears nothing may be deaf without showing it: after a minute of silence, or five seconds in which nobody answered
    // what we sent. Restarting it costs nothing when it is not.
    private void ListenForSilence()
    {
        int silence = NowMs - _lastFrameAt;
        if (!_linkUp || silence <= UnansweredMs || (silence <= SilenceMs && FramesSent - _sentBeforeSilence < UnansweredFrames))
        {
            return;
        }

        NoteSound();
        if (Read(EPKTCNT) == 0)
        {
            Silences++;
            RestartReceiver();
        }
    }

    private void NoteSound()
    {
        _lastFrameAt = NowMs;
        _sentBeforeSilence = FramesSent;
    }
}
