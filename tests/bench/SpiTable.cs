using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers;
using EmbeddedTcp.Drivers.Enc28j60;
using EmbeddedTcp.Drivers.W5500;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Bench;

/// <summary>What a frame costs on the SPI bus: transactions, bytes and time, by the account of the model's bus.</summary>
internal sealed class SpiTable
{
    private const int Frames = 200;
    private static readonly byte[] Mac = { 0x02, 0x12, 0x34, 0x56, 0x78, 0x9A };

    private readonly ChipModel _chip;
    private readonly ModelSpiBus _bus;
    private readonly EthernetDevice _driver;

    private SpiTable(string chip, int hertz)
    {
        _chip = chip == "W5500" ? new W5500Model() : new Enc28j60Model();
        _chip.ClockHz = hertz;
        _bus = new ModelSpiBus(_chip);
        _driver = CreateDriver(chip, _bus);
        _chip.Cable = new Nowhere();
        if (!_driver.Open(Mac))
        {
            throw new InvalidOperationException(_driver.Error);
        }

        for (int i = 0; i < 20; i++)
        {
            Pass(50000);
            _driver.Receive();
        }

        if (!_driver.LinkUp)
        {
            throw new InvalidOperationException("no link");
        }

        // One frame each way, so that banks and pointers are where traffic leaves them.
        Receive(60, 1, 1);
        Send(60, 1, 3000000);
    }

    internal static void Print()
    {
        Console.WriteLine("Both drivers on their models: interrupt line wired, 9 us of the master's own time for each transaction.");
        Table("W5500", 20000000, 10);
        Table("W5500", 40000000, 10);
        Table("ENC28J60", 20000000, 4);
        Console.WriteLine("ENC28J60 at 40 MHz: there is no such thing. Its limit is 20 MHz (DS39662E 4.1), and the driver lowers a faster clock to it.");
    }

    private static EthernetDevice CreateDriver(string chip, SpiBus bus)
    {
        return chip == "W5500" ? new W5500Driver(bus) : new Enc28j60Driver(bus);
    }

    private static void Table(string chip, int hertz, int backlog)
    {
        Console.WriteLine();
        Console.WriteLine($"{$"{chip}, SPI at {hertz / 1000000} MHz",-34}{"transactions",14}{"bytes",10}{"overhead",11}{"us on the bus",15}");
        foreach (int length in new[] { 64, 1514 })
        {
            Row(new SpiTable(chip, hertz), length, "received alone", t => t.Receive(length, Frames, 1));
            Row(new SpiTable(chip, hertz), length, $"received, backlog of {backlog}", t => t.Receive(length, Frames, backlog));
            Row(new SpiTable(chip, hertz), length, "sent alone", t => t.Send(length, Frames, 3000000));
            Row(new SpiTable(chip, hertz), length, "sent back to back", t => t.Send(length, Frames, 0));
        }

        new SpiTable(chip, hertz).Idle(true);
        new SpiTable(chip, hertz).Idle(false);
    }

    private static void Row(SpiTable table, int length, string what, Func<SpiTable, int> play)
    {
        ModelSpiBus bus = table._bus;
        bus.ResetCounters();
        int frames = play(table);
        if (frames != Frames || table._chip.Violations != 0)
        {
            throw new InvalidOperationException($"{what}: {frames} of {Frames} frames, {table._chip.Violations} violations of the data sheet");
        }

        double bytes = bus.Bytes / (double)frames;
        Console.WriteLine(
            $"{$"{length} bytes {what}",-34}{bus.Transactions / (double)frames,14:F2}{bytes,10:F1}{(bytes / length) - 1,11:P1}{bus.BusyNanoseconds / 1000.0 / frames,15:F1}");
    }

    private int Receive(int length, int frames, int backlog)
    {
        byte[] frame = Frame(length);
        int received = 0;
        for (int i = 0; i < frames; i += backlog)
        {
            for (int k = 0; k < backlog; k++)
            {
                if (!_chip.Deliver(frame, 0, length))
                {
                    throw new InvalidOperationException("the chip did not take the frame");
                }
            }

            while (_driver.Receive() != 0)
            {
                received++;
            }

            _chip.Spend(1000);
        }

        return received;
    }

    // As a firmware does it: after a refusal it waits for the interrupt line, or a little.
    private int Send(int length, int frames, int pauseNanoseconds)
    {
        byte[] frame = Frame(length);
        int sent = 0;
        for (int attempt = 0; sent < frames && attempt < 1000 * frames; attempt++)
        {
            frame.CopyTo(_driver.TxBuffer, _driver.TxOffset);
            bool taken = _driver.Send(length);
            sent += taken ? 1 : 0;
            int wait = taken ? pauseNanoseconds : 20000;
            if (wait > 0)
            {
                _chip.Spend(wait);
                _driver.Receive();
            }
        }

        return sent;
    }

    private void Idle(bool interruptLine)
    {
        _bus.InterruptWired = interruptLine;
        _driver.Receive();
        _bus.ResetCounters();
        for (int i = 0; i < Frames; i++)
        {
            _driver.Receive();
        }

        Console.WriteLine(
            $"{(interruptLine ? "idle poll, interrupt line" : "idle poll, no interrupt line"),-34}{_bus.Transactions / (double)Frames,14:F2}{_bus.Bytes / (double)Frames,10:F1}"
            + $"{"",11}{_bus.BusyNanoseconds / 1000.0 / Frames,15:F1}");
    }

    // The driver is told a standing clock while a row is taken, so that its periodic check stays out of the account.
    private void Pass(int microseconds)
    {
        _chip.AdvanceTo(_chip.NowMicroseconds + microseconds);
        _driver.NowMs = (int)(_chip.NowMicroseconds / 1000);
    }

    private static byte[] Frame(int length)
    {
        byte[] frame = new byte[length];
        new Random(length).NextBytes(frame);
        Mac.CopyTo(frame, 0);
        frame[6] = 0x02;
        frame[12] = 0x08;
        frame[13] = 0x00;
        return frame;
    }

    private sealed class Nowhere : CableEnd
    {
        public override void Transmitted(byte[] frame, int offset, int length)
        {
        }
    }
}
