using System.IO.Ports;
using EmbeddedTcp.App;
using nanoFramework.Hardware.Esp32;

namespace EmbeddedTcp.Boards;

/// <summary>The console on one of the ESP32's UARTs.</summary>
public sealed class Esp32Terminal : SerialTerminal
{
    // The UART's transmit FIFO has 128 bytes (ESP32 and ESP32-S3 technical reference manuals, UART). What does not fit would be sent
    // by a native task that holds on to the array while the garbage collector may move it; so nothing is ever left over.
    private const int Fifo = 120;

    private readonly SerialPort _port;

    /// <summary>Opens the port.</summary>
    public Esp32Terminal(Esp32Board board)
        : base(board.ConsoleBaud, Fifo, OutputRing.UsualSize)
    {
        bool second = board.ConsolePort == 2;
        Configuration.SetPinFunction(board.ConsoleTransmit, second ? DeviceFunction.COM2_TX : DeviceFunction.COM3_TX);
        Configuration.SetPinFunction(board.ConsoleReceive, second ? DeviceFunction.COM2_RX : DeviceFunction.COM3_RX);
        _port = new SerialPort("COM" + board.ConsolePort.ToString(), board.ConsoleBaud, Parity.None, 8, StopBits.One);
        _port.WriteTimeout = 100;
        _port.ReadTimeout = 1;
        _port.Open();
    }

    /// <summary>Has a firmware woken when somebody types.</summary>
    public void WakeOnInput(Firmware firmware)
    {
        _port.DataReceived += (sender, e) => firmware.Wake();
    }

    /// <inheritdoc/>
    protected override int Receive(byte[] buffer)
    {
        int waiting = _port.BytesToRead;
        if (waiting <= 0)
        {
            return 0;
        }

        return _port.Read(buffer, 0, waiting < buffer.Length ? waiting : buffer.Length);
    }

    /// <inheritdoc/>
    protected override void Transmit(byte[] buffer, int count)
    {
        _port.Write(buffer, 0, count);
    }
}
