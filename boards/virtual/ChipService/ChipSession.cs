using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EmbeddedTcp.ChipModels;

namespace EmbeddedTcp.VirtualBoard.ChipService;

/// <summary>One client on the pins of a chip, from its greeting to its end.</summary>
internal sealed class ChipSession
{
    // A message that has begun has to end; between messages a client may take any time.
    private const int MessageMilliseconds = 10_000;

    // What a master's hand costs before chip select falls, and holds it after the last clock.
    private const long SetupNanoseconds = 500;

    private readonly Socket _socket;
    private readonly ChipModel _chip;
    private readonly Lock _gate;
    private readonly Action _advance;
    private readonly Action _done;
    private readonly byte[] _mosi = new byte[ChipProtocol.MaximumCount];
    private readonly byte[] _miso = new byte[ChipProtocol.MaximumCount];
    private readonly byte[] _in = new byte[ChipProtocol.MaximumCount + 16];
    private int _inStart;
    private int _inEnd;
    private bool _selected;

    /// <summary>Prepares a session.</summary>
    /// <param name="socket">The client's; disposed by its owner.</param>
    /// <param name="chip">Whose pins these are.</param>
    /// <param name="gate">Held while the chip is touched.</param>
    /// <param name="advance">Brings the chip's clock up to date; called with the gate held.</param>
    /// <param name="done">Called after every message, without the gate.</param>
    public ChipSession(Socket socket, ChipModel chip, Lock gate, Action advance, Action done)
    {
        _socket = socket;
        _chip = chip;
        _gate = gate;
        _advance = advance;
        _done = done;
    }

    /// <summary>Serves the client until it goes, or does what no client may do.</summary>
    /// <returns>Null when it went, or in a few words why it was sent away.</returns>
    public string? Serve()
    {
        try
        {
            byte model = _chip.Name == "ENC28J60" ? ChipProtocol.Enc28j60 : ChipProtocol.W5500;
            _socket.Send([.. ChipProtocol.Magic, ChipProtocol.Version, model, 0, 0]);
            while (true)
            {
                _socket.ReceiveTimeout = 0;
                if (_inStart == _inEnd && !Fill())
                {
                    return null;
                }

                _socket.ReceiveTimeout = MessageMilliseconds;
                string? refusal = Obey(_in[_inStart++]);
                if (refusal != null)
                {
                    return refusal;
                }

                _done();
            }
        }
        catch (EndOfStreamException)
        {
            return "went in the middle of a message";
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return "left a message unfinished for 10 s";
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            lock (_gate)
            {
                Release();
            }
        }
    }

    private string? Obey(byte command)
    {
        switch (command)
        {
            case ChipProtocol.Select:
                lock (_gate)
                {
                    Select();
                }

                return null;
            case ChipProtocol.Deselect:
                lock (_gate)
                {
                    Release();
                }

                return null;
            case ChipProtocol.Exchange:
            case ChipProtocol.Transfer:
                return Exchange(command == ChipProtocol.Transfer);
            case ChipProtocol.Interrupt:
                lock (_gate)
                {
                    _advance();
                    _miso[0] = _chip.InterruptAsserted ? (byte)0 : (byte)1;
                }

                Answer(1);
                return null;
            case ChipProtocol.Reset:
            case ChipProtocol.Wait:
                return PassTime(command == ChipProtocol.Reset);
            case ChipProtocol.Verdict:
                return TellVerdict();
            default:
                return $"sent the unknown command {command:X2}";
        }
    }

    private string? Exchange(bool whole)
    {
        Read(2);
        int count = BinaryPrimitives.ReadUInt16BigEndian(_mosi);
        if (count is 0 or > ChipProtocol.MaximumCount)
        {
            return $"wanted to exchange {count} bytes";
        }

        Read(count);
        lock (_gate)
        {
            if (whole)
            {
                Release();
                Select();
            }

            _advance();
            _chip.ExchangeBlock(_mosi, _miso, count);
            if (whole)
            {
                Release();
            }
        }

        Answer(count);
        return null;
    }

    private string? PassTime(bool reset)
    {
        Read(4);
        uint microseconds = BinaryPrimitives.ReadUInt32BigEndian(_mosi);
        if (microseconds > ChipProtocol.MaximumMicroseconds)
        {
            return $"wanted {microseconds} us to pass at once";
        }

        lock (_gate)
        {
            _advance();
            if (reset)
            {
                _chip.SetReset(true);
            }

            _chip.Spend(microseconds * 1000L);
            if (reset)
            {
                _chip.SetReset(false);
            }
        }

        return null;
    }

    private string? TellVerdict()
    {
        string text;
        lock (_gate)
        {
            text = _chip.Violations == 0
                ? $"{_chip.Name}: no violation, {_chip.SpiFrames} SPI frames, {_chip.SpiBytes} bytes"
                : $"{_chip.Name}: {_chip.Violations} violations, the first: {_chip.FirstViolation}";
        }

        int length = Encoding.UTF8.GetBytes(text, _miso.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(_miso, (ushort)length);
        Answer(2 + length);
        return null;
    }

    private void Select()
    {
        _advance();
        _chip.Spend(SetupNanoseconds);
        _chip.Select();
        _selected = true;
    }

    private void Release()
    {
        if (_selected)
        {
            _advance();
            _chip.Spend(SetupNanoseconds);
            _chip.Deselect();
            _selected = false;
        }
    }

    private void Answer(int count)
    {
        for (int sent = 0; sent < count;)
        {
            sent += _socket.Send(_miso, sent, count - sent, SocketFlags.None);
        }
    }

    // The next bytes of the message, to _mosi.
    private void Read(int count)
    {
        for (int at = 0; at < count;)
        {
            if (_inStart == _inEnd && !Fill())
            {
                throw new EndOfStreamException();
            }

            int run = Math.Min(count - at, _inEnd - _inStart);
            Array.Copy(_in, _inStart, _mosi, at, run);
            _inStart += run;
            at += run;
        }
    }

    private bool Fill()
    {
        _inStart = 0;
        _inEnd = 0;
        _inEnd = _socket.Receive(_in);
        return _inEnd > 0;
    }
}
