using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// Register access: single registers in SPI frames of variable length, and the prepared chains of the data path.
public sealed partial class W5500Driver
{
    // Status for receiving: clear Sn_IR.RECV, read Sn_MR..Sn_SR, read Sn_TX_RD..Sn_RX_WR. The flag is cleared before
    // the pointers are read: a frame that comes later raises it, and the line, again. 24 bytes; one plain burst over
    // the same registers would take 47 and a transaction of its own for the flag.
    private readonly byte[] _statusChain =
    {
        0, Sn_IR, BSB_S0_REGISTER | RWB_WRITE | OM_FDM_1, Sn_IR_RECV,
        0, Sn_MR, BSB_S0_REGISTER | OM_FDM_4, 0, 0, 0, 0,
        0, Sn_TX_RD, BSB_S0_REGISTER | OM_VDM, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    };

    // Status for sending: Sn_MR..Sn_SR and Sn_TX_RD, Sn_TX_WR. Leaves Sn_IR.RECV alone, since nothing is received here.
    private readonly byte[] _sendStatusChain =
    {
        0, Sn_MR, BSB_S0_REGISTER | OM_FDM_4, 0, 0, 0, 0,
        0, Sn_TX_RD, BSB_S0_REGISTER | OM_FDM_4, 0, 0, 0, 0,
    };

    // Give received data back: Sn_RX_RD, then RECV.
    private readonly byte[] _releaseChain =
    {
        0, Sn_RX_RD, BSB_S0_REGISTER | RWB_WRITE | OM_FDM_2, 0, 0,
        0, Sn_CR, BSB_S0_REGISTER | RWB_WRITE | OM_FDM_1, Sn_CR_RECV,
    };

    // Send what was uploaded: Sn_TX_WR, clear a SENDOK that came too late for an earlier frame, SEND.
    private readonly byte[] _sendChain =
    {
        0, Sn_TX_WR, BSB_S0_REGISTER | RWB_WRITE | OM_FDM_2, 0, 0,
        0, Sn_IR, BSB_S0_REGISTER | RWB_WRITE | OM_FDM_1, Sn_IR_SENDOK,
        0, Sn_CR, BSB_S0_REGISTER | RWB_WRITE | OM_FDM_1, Sn_CR_SEND,
    };

    // Where an answer holds Sn_MR (Sn_CR, Sn_IR and Sn_SR follow) and Sn_TX_RD (the pointers up to Sn_RX_WR follow).
    private int _statusModeAt;
    private int _statusPointersAt;
    private int _sendStatusModeAt;
    private int _sendStatusPointersAt;

    private void ChooseChains(bool chained)
    {
        _chained = chained;
        _statusModeAt = chained ? 7 : FrameHeader + Sn_MR;
        _statusPointersAt = chained ? 14 : FrameHeader + Sn_TX_RD;
        _sendStatusModeAt = chained ? 3 : FrameHeader + Sn_MR;
        _sendStatusPointersAt = chained ? 10 : FrameHeader + Sn_TX_RD;
    }

    private void ReadStatus()
    {
        if (_chained)
        {
            _bus.Transfer(_statusChain, _answer, 24);
            return;
        }

        WriteByte(BSB_S0_REGISTER, Sn_IR, Sn_IR_RECV);
        ReadBlock(BSB_S0_REGISTER, Sn_MR, Sn_RX_WR + 2);
    }

    private void ReadSendStatus()
    {
        if (_chained)
        {
            _bus.Transfer(_sendStatusChain, _answer, 14);
            return;
        }

        ReadBlock(BSB_S0_REGISTER, Sn_MR, Sn_TX_WR + 2);
    }

    private void WriteReadPointerAndReceive()
    {
        int rxRd = _rxRd;
        if (_chained)
        {
            byte[] chain = _releaseChain;
            chain[3] = (byte)(rxRd >> 8);
            chain[4] = (byte)rxRd;
            _bus.Transfer(chain, _answer, 9);
        }
        else
        {
            WriteWord(BSB_S0_REGISTER, Sn_RX_RD, rxRd);
            WriteByte(BSB_S0_REGISTER, Sn_CR, Sn_CR_RECV);
        }

        NoteCommand();
    }

    private void WriteWritePointerAndSend()
    {
        int txWr = _txWr;
        if (_chained)
        {
            byte[] chain = _sendChain;
            chain[3] = (byte)(txWr >> 8);
            chain[4] = (byte)txWr;
            _bus.Transfer(chain, _answer, 13);
        }
        else
        {
            WriteWord(BSB_S0_REGISTER, Sn_TX_WR, txWr);
            WriteByte(BSB_S0_REGISTER, Sn_IR, Sn_IR_SENDOK);
            WriteByte(BSB_S0_REGISTER, Sn_CR, Sn_CR_SEND);
        }

        NoteCommand();
    }

    private void NoteCommand()
    {
        _commandPending = true;
        _commandAt = NowMs;
        _commandPolls = 0;
    }

    // The answer's data start at _answer[FrameHeader].
    private void ReadBlock(int block, int offset, int count)
    {
        byte[] command = _command;
        command[0] = (byte)(offset >> 8);
        command[1] = (byte)offset;
        command[2] = (byte)block;
        _bus.Transfer(command, _answer, FrameHeader + count);
    }

    private int ReadByte(int block, int offset)
    {
        ReadBlock(block, offset, 1);
        return _answer[FrameHeader];
    }

    private int ReadWord(int block, int offset)
    {
        ReadBlock(block, offset, 2);
        return (_answer[FrameHeader] << 8) | _answer[FrameHeader + 1];
    }

    private void WriteByte(int block, int offset, int value)
    {
        byte[] command = _command;
        command[0] = (byte)(offset >> 8);
        command[1] = (byte)offset;
        command[2] = (byte)(block | RWB_WRITE);
        command[3] = (byte)value;
        _bus.Transfer(command, _answer, FrameHeader + 1);
    }

    private void WriteWord(int block, int offset, int value)
    {
        byte[] command = _command;
        command[0] = (byte)(offset >> 8);
        command[1] = (byte)offset;
        command[2] = (byte)(block | RWB_WRITE);
        command[3] = (byte)(value >> 8);
        command[4] = (byte)value;
        _bus.Transfer(command, _answer, FrameHeader + 2);
    }
}
