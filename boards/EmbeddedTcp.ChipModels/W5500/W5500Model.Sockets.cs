using System;

namespace EmbeddedTcp.ChipModels.W5500;

// Socket registers (data sheet 4.2), the split of the memory, and the commands.
public sealed partial class W5500Model
{
    /// <summary>The data sheet says that Sn_IR is set only where Sn_IMR allows; chips set it in any case. True follows the text.</summary>
    public bool MaskGatesSocketInterrupts;

    private const int Sockets = 8;
    private const int SocketBytes = 0x30;

    private readonly byte[] _sockets = new byte[Sockets * SocketBytes];
    private readonly int[] _txBase = new int[Sockets];
    private readonly int[] _txSize = new int[Sockets];
    private readonly int[] _rxBase = new int[Sockets];
    private readonly int[] _rxSize = new int[Sockets];

    // Sn_RX_RD as of the last RECV: only then does room become free.
    private readonly int[] _rxReleased = new int[Sockets];

    // Commands accepted and not carried out yet, one per socket, and the earliest of them.
    private readonly long[] _commandDues = new long[Sockets];
    private long _commandDue = Never;

    private void ResetSockets()
    {
        Array.Clear(_sockets, 0, _sockets.Length);
        for (int socket = 0; socket < Sockets; socket++)
        {
            int at = socket * SocketBytes;
            for (int i = 0x06; i <= 0x0B; i++)
            {
                _sockets[at + i] = 0xFF;    // DHAR
            }

            _sockets[at + 0x16] = 0x80;     // TTL
            _sockets[at + 0x1E] = 0x02;     // RXBUF_SIZE
            _sockets[at + 0x1F] = 0x02;     // TXBUF_SIZE
            _sockets[at + 0x2C] = 0xFF;     // IMR
            _sockets[at + 0x2D] = 0x40;     // FRAG
            _commandDues[socket] = Never;
            _rxReleased[socket] = 0;
        }

        _commandDue = Never;
        ResetTimeouts();
        SplitMemory();
        for (int socket = 0; socket < Sockets; socket++)
        {
            PutWord(socket, 0x20, _txSize[socket]);
        }

        StopSending();
    }

    // Each block starts where the one of the socket before ends; what would lie beyond 16 KB falls on the start again.
    private void SplitMemory()
    {
        int txBase = 0;
        int rxBase = 0;
        for (int socket = 0; socket < Sockets; socket++)
        {
            _rxBase[socket] = rxBase;
            _rxSize[socket] = _sockets[socket * SocketBytes + 0x1E] * 1024;
            rxBase += _rxSize[socket];
            _txBase[socket] = txBase;
            _txSize[socket] = _sockets[socket * SocketBytes + 0x1F] * 1024;
            txBase += _txSize[socket];
        }
    }

    private static int Physical(int[] bases, int[] sizes, int socket, int address)
    {
        return (bases[socket] + (address & (sizes[socket] - 1))) & (MemoryBytes - 1);
    }

    private int Word(int socket, int address)
    {
        int at = socket * SocketBytes + address;
        return (_sockets[at] << 8) | _sockets[at + 1];
    }

    private void PutWord(int socket, int address, int value)
    {
        int at = socket * SocketBytes + address;
        _sockets[at] = (byte)(value >> 8);
        _sockets[at + 1] = (byte)value;
    }

    private int ReadSocket(int socket, int address)
    {
        if (address < SocketBytes)
        {
            return _sockets[socket * SocketBytes + address];
        }

        Violate("read of a reserved socket register");
        return 0;
    }

    private void WriteSocket(int socket, int address, int value)
    {
        if (address >= SocketBytes || address == 0x14 || (address >= 0x17 && address <= 0x1D))
        {
            Violate("write to a reserved socket register");
            return;
        }

        int at = socket * SocketBytes + address;
        switch (address)
        {
            case 0x01:
                WriteCommand(socket, value);
                break;
            case 0x02:
                // Sn_IR: a written 1 clears.
                int cleared = _sockets[at] & value;
                _sockets[at] = (byte)(_sockets[at] & ~value);
                UpdateInterrupt(cleared != 0);
                break;
            case 0x03:  // SR, TX_FSR, TX_RD, RX_RSR and RX_WR are read-only.
            case 0x20:
            case 0x21:
            case 0x22:
            case 0x23:
            case 0x26:
            case 0x27:
            case 0x2A:
            case 0x2B:
                break;
            case 0x1E:
            case 0x1F:
                if (value > 16 || (value & (value - 1)) != 0)
                {
                    Violate("buffer size other than 0, 1, 2, 4, 8 or 16 KB");
                    break;
                }

                _sockets[at] = (byte)value;
                SplitMemory();
                PutWord(socket, 0x20, _txSize[socket]);
                break;
            case 0x2C:
                _sockets[at] = (byte)value;
                UpdateInterrupt(false);
                break;
            default:
                _sockets[at] = (byte)value;
                break;
        }
    }

    // Sn_CR: taken now, shown until it is carried out.
    private void WriteCommand(int socket, int value)
    {
        if (_commandDues[socket] != Never)
        {
            Violate("command before the last one was taken");
            return;
        }

        if (value == 0)
        {
            return;
        }

        _sockets[socket * SocketBytes + 0x01] = (byte)value;
        _commandDues[socket] = NowNanoseconds + CommandNanoseconds;
        if (_commandDues[socket] < _commandDue)
        {
            _commandDue = _commandDues[socket];
            Reschedule();
        }
    }

    private void CarryOutCommands(long now)
    {
        _commandDue = Never;
        for (int socket = 0; socket < Sockets; socket++)
        {
            if (_commandDues[socket] <= now)
            {
                int command = _sockets[socket * SocketBytes + 0x01];
                _commandDues[socket] = Never;
                _sockets[socket * SocketBytes + 0x01] = 0;
                CarryOut(socket, command);
            }
            else if (_commandDues[socket] < _commandDue)
            {
                _commandDue = _commandDues[socket];
            }
        }
    }

    private void CarryOut(int socket, int command)
    {
        int at = socket * SocketBytes;
        switch (command)
        {
            case 0x01:
                OpenSocket(socket);
                break;
            case 0x10:
                _sockets[at + 0x03] = 0x00;
                StopTimeout(socket);
                if (socket == 0)
                {
                    StopSending();
                }

                break;
            case 0x20 when _sockets[at + 0x03] == 0x42:
                StartSend();
                break;
            case 0x40:
                if (_sockets[at + 0x03] != 0x00 && !Faults.LosesReceiveCommand())
                {
                    _rxReleased[socket] = Word(socket, 0x28);
                    PutWord(socket, 0x26, (Word(socket, 0x2A) - _rxReleased[socket]) & 0xFFFF);
                }

                break;
            default:
                CarryOutWithProtocol(socket, command);
                break;
        }
    }

    // OPEN initialises the pointers and takes over Sn_MR. MACRAW exists on socket 0 only; for TCP and UDP see OtherSockets.
    private void OpenSocket(int socket)
    {
        int at = socket * SocketBytes;
        int protocol = _sockets[at] & 0x0F;
        int state = protocol switch
        {
            0x01 => SockInit,
            0x02 => SockUdp,
            0x04 => socket == 0 ? 0x42 : 0x00,
            _ => 0x00,
        };
        _sockets[at + 0x03] = (byte)state;
        if (state == 0)
        {
            return;
        }

        for (int i = 0x22; i <= 0x2B; i++)
        {
            _sockets[at + i] = 0;
        }

        _rxReleased[socket] = 0;
        PutWord(socket, 0x20, _txSize[socket]);
        if (socket == 0)
        {
            _filter = _sockets[at];
            StopSending();
        }
    }

    private void RaiseSocketInterrupt(int socket, int bit)
    {
        int at = socket * SocketBytes;
        if (!MaskGatesSocketInterrupts || (_sockets[at + 0x2C] & bit) != 0)
        {
            _sockets[at + 0x02] |= (byte)bit;
            UpdateInterrupt(false);
        }
    }
}
