namespace EmbeddedTcp.ChipModels.W5500;

// Sockets in the hardware's TCP and UDP modes, as on a network where nobody answers: states, timeouts, pointers, interrupts.
public sealed partial class W5500Model
{
    private const int SockClosed = 0x00;
    private const int SockInit = 0x13;
    private const int SockListen = 0x14;
    private const int SockSynSent = 0x15;
    private const int SockUdp = 0x22;

    // When a socket gives up waiting for an answer, and the earliest of them.
    private readonly long[] _timeouts = new long[Sockets];
    private long _timeoutDue = Never;

    private void ResetTimeouts()
    {
        for (int socket = 0; socket < Sockets; socket++)
        {
            _timeouts[socket] = Never;
        }

        _timeoutDue = Never;
    }

    // Sn_CR in a mode other than MACRAW (data sheet 4.2). What does not belong to the state is ignored.
    private void CarryOutWithProtocol(int socket, int command)
    {
        int at = socket * SocketBytes + 0x03;
        int state = _sockets[at];
        switch (command)
        {
            case 0x02 when state == SockInit:
                _sockets[at] = SockListen;
                break;
            case 0x04 when state == SockInit:
                _sockets[at] = SockSynSent;
                StartTimeout(socket);
                break;
            case 0x08:
                // DISCON: with no peer there is nothing to wait for.
                _sockets[at] = state == SockUdp ? (byte)SockUdp : (byte)SockClosed;
                break;
            case 0x20 when state == SockUdp:
            case 0x21 when state == SockUdp:
                StartTimeout(socket);
                break;
            case 0x20:
            case 0x21:
            case 0x22:
                Violate("SEND in a state that does not send");
                break;
        }
    }

    // ARP: RTR x 100 us, RCR + 1 times.
    private void StartTimeout(int socket)
    {
        long period = ((_common[0x19] << 8) | _common[0x1A]) * 100000L;
        _timeouts[socket] = NowNanoseconds + period * (_common[0x1B] + 1);
        if (_timeouts[socket] < _timeoutDue)
        {
            _timeoutDue = _timeouts[socket];
        }

        Reschedule();
    }

    private void StopTimeout(int socket)
    {
        _timeouts[socket] = Never;
    }

    // Sn_IR.TIMEOUT: a TCP socket closes, a UDP socket lets go of the datagram.
    private void GiveUp(long now)
    {
        _timeoutDue = Never;
        for (int socket = 0; socket < Sockets; socket++)
        {
            if (_timeouts[socket] <= now)
            {
                _timeouts[socket] = Never;
                int at = socket * SocketBytes + 0x03;
                if (_sockets[at] == SockUdp)
                {
                    PutWord(socket, 0x22, Word(socket, 0x24));
                    PutWord(socket, 0x20, _txSize[socket]);
                }
                else
                {
                    _sockets[at] = SockClosed;
                }

                RaiseSocketInterrupt(socket, 0x08);
            }
            else if (_timeouts[socket] < _timeoutDue)
            {
                _timeoutDue = _timeouts[socket];
            }
        }
    }
}
